"""Policy packs: reading, checking and compiling the data that says what the law is."""
