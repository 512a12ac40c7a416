let name = null; in "hello ${name}"
