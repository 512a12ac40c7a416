# An empty interpolation on a line of its own still counts as text.
''
    ${""}
      a
  ${""}b
''
