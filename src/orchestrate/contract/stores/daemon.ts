/** Which daemon works. */
export interface DaemonStore {
  /**
   * Lets this daemon be the one that works for so long, unless another one is; answers who it is.
   * @param gone daemons that are known to have ended: nobody waits for them
   */
  leadDaemon(daemon: string, leaseMs: number, gone?: readonly string[]): Promise<string>
  /** The next daemon need not wait. */
  resignDaemon(daemon: string): Promise<void>
  /** When a daemon last said that it works; undefined where none ever did, or the last one ended in order. */
  daemonBeatAt(): Promise<Date | undefined>
}
