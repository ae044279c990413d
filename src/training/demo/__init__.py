"""The demonstration: an invented year of a real kind of platform. Nothing here is needed to run the product."""
