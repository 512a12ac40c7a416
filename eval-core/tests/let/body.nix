# The old form: a recursive set, of which `body` is the value.
[
  (let { body = x + y; x = 1; y = x + 1; })
  (let { inherit (builtins) length; body = length [ 1 2 ]; })
]
