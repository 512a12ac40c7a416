# A small thing to build, with nothing but a shell: the words of some texts, counted by text and then together.
#
#   vixen build host/examples/words
let
  texts = ./texts;

  # Runs a script of the sandbox's shell, /bin/sh: a busybox, which has the usual tools inside.
  run =
    name: attributes: script:
    derivation (
      {
        inherit name;
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [
          "-euc"
          script
        ];
      }
      // attributes
    );

  count =
    file:
    run "words-${file}" { text = "${texts}/${file}"; } ''
      tr -cs 'a-z' '\n' < "$text" | sort | uniq -c | sort -k1,1nr -k2 > "$out"
    '';

  counts = map count (builtins.attrNames (builtins.readDir texts));
in
run "words" { inherit counts; } ''
  cat $counts | awk '{ n[$2] += $1 } END { for (word in n) print n[word], word }' | sort -k1,1nr -k2 | head -n 5 > "$out"
''
