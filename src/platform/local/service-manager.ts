export const managerKinds = ['systemd', 'launchd', 'detached'] as const
/** What starts the program and looks after it: systemd of the user, launchd, or nothing but a process that goes on by itself. */
export type ManagerKind = (typeof managerKinds)[number]

/** What is to run in the background. Nothing in it is secret: it stands in unit files and in the list of processes. */
export interface Service {
  /** Of letters, digits, `-` and `_`; one for each project of this machine. */
  readonly name: string
  readonly title: string
  /** The program with its arguments, absolute paths. */
  readonly command: readonly string[]
  /** The project. */
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
  /** Where it may keep its own files: a log, a pid. */
  readonly folder: string
}

export interface ServiceState {
  readonly isInstalled: boolean
  readonly isRunning: boolean
  readonly pid?: number | undefined
  /** Where it does not run: what became of it, as one sentence without a full stop. */
  readonly why?: string | undefined
}

export interface Cancellable {
  readonly signal?: AbortSignal | undefined
}

/** One way to keep a program running in the background of a machine. */
export interface ServiceManager {
  readonly kind: ManagerKind
  /** Whether this machine has it, and lets this user use it. */
  isUsable(options?: Cancellable): Promise<boolean>
  /** How it runs, in a few words: `systemd user unit millrace-shop`. */
  title(service: Service): string
  /** Where its log is: a file, or the command that shows it. */
  logs(service: Service): string
  /** Writes what is needed and starts it; one that runs already is started again as it is to be now. @throws LOCAL_MANAGER_FAILED */
  start(service: Service, options?: Cancellable): Promise<void>
  state(service: Service, options?: Cancellable): Promise<ServiceState>
  /** The last lines of its log, oldest first. */
  lastLines(service: Service, count: number, options?: Cancellable): Promise<readonly string[]>
  /** Ends it and takes away what `start` wrote, the log excepted. Nothing there is fine too. @throws LOCAL_MANAGER_FAILED */
  remove(service: Service, options?: Cancellable): Promise<void>
  /** What whoever installs it has to know: what it does not survive, and what to do about it. */
  remarks(service: Service, options?: Cancellable): Promise<readonly string[]>
}
