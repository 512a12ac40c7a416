/** The answer to `:?`. */
export const helpText = `The following commands are available:

  <expr>                       Evaluate and print expression
  <x> = <expr>                 Bind expression to variable
  :a, :add <expr>              Add attributes from resulting set to scope
  :e, :edit <expr>             Open package or function in $EDITOR
  :env                         Show the variables that were added to scope
  :l, :load <path>             Load Nix expression and add it to scope
  :lf, :load-flake <ref>       Load Nix flake and add it to scope
  :ll, :last-loaded            Show most recently loaded variables added to scope
  :p, :print <expr>            Evaluate and print expression recursively
                               Strings are printed directly, without escaping.
  :q, :quit                    Exit the repl
  :r, :reload                  Reload all files
  :t <expr>                    Describe result of evaluation
  :doc <expr>                  Show documentation for the provided value
  :te, :trace-enable [bool]    Enable, disable or toggle showing traces for
                               errors
  :?, :help                    Brings up this help menu

  :b <expr>                    Build a derivation
  :bl <expr>                   Build a derivation, and link to its outputs
  :u <expr>                    Start a shell with a derivation
  :sh <expr>                   Start a shell with what a derivation needs
  :log <expr>                  Show the log of a build`;

/** What the debugger adds to it. */
export const debugHelpText = `

        Debug mode commands
  :env             Show env stack
  :bt, :backtrace  Show trace stack
  :st              Show current trace
  :st <idx>        Change to another trace in the stack
  :c, :continue    Go until end of program, exception, or builtins.break
  :s, :step        Go one step`;
