"a
 b ${
 undefined} c"
