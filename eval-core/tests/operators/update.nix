{
  right = { a = 1; b = 1; } // { b = 2; c = 2; };
  empty = [ ({ } // { }) ({ a = 1; } // { }) ({ } // { a = 1; }) ];
  chain = { a = 1; } // { a = 2; b = 2; } // { a = 3; };
  shallow = { a = { x = 1; }; } // { a = { y = 2; }; };
  lazy = builtins.attrNames ({ a = throw "unused"; } // { b = throw "unused"; });
}
