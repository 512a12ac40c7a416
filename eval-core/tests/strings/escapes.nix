[
  "tab\tline\nreturn\rquote\"backslash\\"
  "\${not} $${not} $\{x} \$a"
  "other \a\b\x\'"
  "dollar $ $a $"
  "a
b"
  "\
c"
  "\${a}${"\${b}"}"
  "é ü 漢字 🦊"
]
