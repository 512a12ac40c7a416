let t = throw "unused"; in
[
  (let x = t; in 1)
  ({ a = t; b = 2; }).b
  ((x: 3) t)
  (({ a ? t }: 4) { })
  (builtins.length [ t t ])
  (if true then 6 else t)
  (with t; 7)
  (rec { a = t; b = 8; }).b
  (builtins.isAttrs { a = t; })
  (builtins.attrNames { inherit (t) x; })
  ({ a = t; } // { a = 9; }).a
  (builtins.elemAt [ t 10 ] 1)
  (builtins.head (builtins.tail [ t 11 ]))
  (builtins.isFunction (x: t))
  (false && t)
  ({ a.b = t; } ? a.b)
]
