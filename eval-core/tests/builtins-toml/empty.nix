map builtins.fromTOML [ "" "\n\n" "# only a comment" "[t]" "a.b = {}" "a = []" ]
