let f = n: s: with s; s.a.${n}.${let q = x; in q + n}.${y}.${toString 5}.${throw "no"}.${5}; in f "l" { a = throw "inner"; x = "ex"; y = "ey"; }
