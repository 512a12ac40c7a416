/** An evaluator that takes part. */
export interface Runner {
  name: string;
  /** The command that takes `nix-instantiate`'s arguments. */
  command: string[];
  /** A command that takes only as long as what is wrapped around the evaluator (a container, say); its time is subtracted. */
  overhead?: string[];
}

/** The words of a command given on the command line. */
export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
