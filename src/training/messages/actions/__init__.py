"""What is said to people: a module per kind of reader, a function per occasion; `outgoing` queues, `delivery` sends."""
