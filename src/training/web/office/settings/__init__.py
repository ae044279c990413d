"""The staff's pages of what an administrator sets: the platform, keys of the API, number series."""
