let f = n: s: s.${n}.a.${n + "1"}.${n + "2"} or (throw "default ${n}"); in f "q" { q.a = { }; }
