"""What a line of a paper can be and how it is taxed, as pure functions over values."""
