# A carriage return in a literal, alone or before a newline, is read as a newline.
builtins.map builtins.stringLength [ "ab" "\r\n" "\n" ]
