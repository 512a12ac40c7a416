# What is escaped in a derivation, and names and values that are odd.
[
  (derivationStrict {
    name = "bytes";
    system = "s";
    builder = "b";
    args = [ "\n\r\t\"\\" "" "\${x}" 1 null true [ "a" [ ] [ null ] "b" ] ];
    "" = "empty name";
    "é" = "ü";
    "a\"b" = "quote";
    A = 1;
    a = -2;
    _ = 0.1;
    zero = -0.0;
    large = 9223372036854775807;
  })
  (derivationStrict { name = "+-._?="; system = "s"; builder = "b"; })
]
