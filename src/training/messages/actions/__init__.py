"""What is said to people: one module per kind of reader, one function per occasion; `outgoing` queues, `delivery` sends."""
