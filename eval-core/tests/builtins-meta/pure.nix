# Pure evaluation: what it sees is in the flags.
