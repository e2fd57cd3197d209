import type { AccessStore } from '../access/index.js'
import type { ErrorJson, SourceLocation } from '../base/index.js'
import type {
  AddedConnector,
  AirbyteCredentials,
  BroughtState,
  ChangedManifest,
  ChangedSettings,
  CheckResult,
  ConfiguredStream,
  ConnectionDraft,
  ConnectionFile,
  ConnectionFileChange,
  ConnectorInfo,
  ConnectorProblem,
  DestinationInfo,
  DiscoveredStream,
  DraftedManifest,
  ManifestChange,
  ManifestChoices,
  ManifestPreview,
  ManifestText,
  PreviewRequest,
  ProblemsAsked,
  PutState,
  SourceSpec,
  SourceTraits,
} from '../extract-load/index.js'
import type {
  AlertSettings,
  AssetKey,
  ConnectionEnd,
  CronTimes,
  Definitions,
  LauncherSettings,
  OrchestrateStore,
  RetentionDays,
  RunLimits,
  SensorQuestion,
  SensorResult,
} from '../orchestrate/index.js'
import type { QueryResult } from '../warehouse/index.js'
import type { ChangePreview, ConnectionSettings } from './connections-contract.js'
import type { AssetFields, AssetFieldTrace, TraceDirection } from './lineage-contract.js'
import type { ModelDetail, ModelEntry } from './models-contract.js'

/** `millrace.yaml`, read and checked. All paths are absolute. */
export interface Project {
  readonly name: string
  /** The folder that holds millrace.yaml. */
  readonly dir: string
  /** `<dir>/.millrace`: everything Millrace keeps for itself. */
  readonly stateDir: string
  readonly extractLoadDir: string
  readonly dbtDir: string | undefined
  /** A dbt that is installed runs the nodes: how it is started, and where millrace.yaml says so. Undefined: Millrace itself. */
  readonly dbtCore?: { readonly command: readonly string[]; readonly at: SourceLocation } | undefined
  readonly definitionsFile: string | undefined
  /** Servers whose connections belong to the project as well. */
  readonly airbyte?: readonly AirbyteServer[] | undefined
  readonly warehouse: { readonly profile: string | undefined; readonly target: string | undefined }
  /** `DATABASE_URL` or `metastore.url`; absent = the embedded PostgreSQL. */
  readonly metastoreUrl: string | undefined
  readonly server: {
    readonly host: string
    readonly port: number
    /** Of Airbyte's API; 0: it is not offered. */
    readonly airbytePort: number
    /** Where people reach the page, when that is elsewhere. */
    readonly url: string | undefined
    /** PEM files of the certificate by which it speaks HTTPS; without, it speaks HTTP. */
    readonly tls?: { readonly certificate: string; readonly key: string } | undefined
    /** Host names that are answered besides the address it listens on. */
    readonly allowedHosts: readonly string[]
    /** Undefined: where only this machine reaches the server. */
    readonly editConnections: boolean | undefined
  }
  readonly maxConcurrentRuns: number
  readonly limits: RunLimits
  /** Undefined: the engine executes runs itself. */
  readonly launcher: LauncherSettings | undefined
  readonly alerts: AlertSettings
  readonly retentionDays: RetentionDays
}

/** A server of Airbyte, as millrace.yaml names it. */
export interface AirbyteServer {
  readonly name: string
  readonly url: string
  readonly credentials: AirbyteCredentials
  /** Name or id; undefined: all that one may see. */
  readonly workspace: string | undefined
  /** Names or ids, with `*` for anything; undefined: all of them. */
  readonly connections: readonly string[] | undefined
  /** How often it is asked what it has. */
  readonly refreshMs: number
  /** How often, at the least, it is asked how far a sync is. */
  readonly pollMs: number
  /** How long a sync goes on without an answer of the server. */
  readonly patienceMs: number
  /** By the name or id of a connection: when it is synced from here. */
  readonly schedules: ReadonlyMap<string, { readonly cron: CronTimes; readonly timezone: string }>
  /** Where it stands in millrace.yaml. */
  readonly at: SourceLocation
}

export interface EngineQuery {
  readonly sql: string
  readonly limit?: number | undefined
  /** Refuses statements that write unless set. */
  readonly allowWrite?: boolean | undefined
  /** Only what it would read, as one row: nothing is run. */
  readonly isDryRun?: boolean | undefined
  /** Refuses what reads files, and anything else that is no table of the warehouse. */
  readonly tablesOnly?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

export interface DbtCall {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTty: boolean
  readonly stdout: (line: string) => void
  readonly stderr: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

export interface TypesFile {
  /** Relative to the project. */
  readonly path: string
  readonly status: 'unchanged' | 'changed'
}

export interface EngineHealth {
  readonly pid: number
  readonly startedAt: string
  readonly definitionsVersion: string
  readonly warehouse: { readonly type: string; readonly path: string | undefined; readonly isOpen: boolean }
  readonly rssBytes: number
  /** What of the project's code is being loaded, and for how long already. */
  readonly loading?: { readonly file: string; readonly forMs: number } | undefined
}

/** A stream as it is offered to somebody who chooses what to load. */
export interface OfferedStream extends DiscoveredStream {
  /** The source knows what is new without being told a column. */
  readonly hasOwnCursor: boolean
  readonly proposed: ConfiguredStream
}

/** A source that the project is to have. */
export interface ConnectorToAdd {
  /** An address or an npm package (`npm:name`); a text that somebody brought; or what to begin a manifest with. */
  readonly from:
    | string
    | {
        readonly yaml: string
        /** Who brought it, what they call it, and how often they changed it. */
        readonly origin?: { readonly from: string; readonly title?: string; readonly version?: string } | undefined
      }
    | { readonly choices: ManifestChoices }
  /** Told by where it comes from, or what it is called there, when left out. */
  readonly name?: string | undefined
  /** Whether it may take the place of one that was added before. */
  readonly replaces: boolean
  /** The hash of the manifest that it takes the place of, where it is made of that one. */
  readonly before?: string | undefined
}

export interface ConnectorUsers {
  /** Of connections, relative to the project. */
  readonly files: readonly string[]
  /** Sources that clients of Airbyte made, by their names, whether or not a connection has them. */
  readonly sources: readonly string[]
}

/** A text that is tried before it is the manifest of a source. */
export interface ManifestTest {
  readonly connector: string
  readonly yaml: string
  readonly stream: string
  /** What the source is given; used, and written nowhere. Tokens that an API gives in its place are remembered until the engine ends. */
  readonly config: Readonly<Record<string, unknown>>
  /** After which it begins; at the start when left out. */
  readonly state?: Readonly<Record<string, unknown>> | undefined
  readonly limits?: PreviewRequest['limits'] | undefined
}

/** A source or a destination that is to be known by itself. Variables with its secrets are called after its name. */
export interface EndToKeep {
  readonly end: Omit<ConnectionEnd, 'createdAt'>
  /** Of one that is there already. */
  readonly change?:
    | {
        readonly before: ConnectionEnd
        readonly settings: ChangedSettings
        /** Connections whose files get the same settings right after: they may name its secrets. */
        readonly connections: readonly string[]
      }
    | undefined
}

/** A secret that connections name, without what it says. */
export interface KeptSecret {
  readonly name: string
  /** `missing`: a connection names it, and it is nowhere; `overridden`: the environment has another, which is taken. */
  readonly status: 'set' | 'overridden' | 'unreadable' | 'missing'
  readonly updatedAt?: string | undefined
  readonly updatedBy?: string | undefined
  /** Connections whose files name it, and ends of connections that clients of Airbyte made. */
  readonly usedBy: readonly { readonly kind: 'connection' | 'source' | 'destination'; readonly name: string }[]
}

/** Who asks: what is kept for it is kept under that name. */
interface AskedBy {
  readonly by?: string | undefined
}

/** What a source has, and what it allows besides. */
export interface OfferedStreams extends SourceTraits {
  readonly streams: readonly OfferedStream[]
}

/**
 * The process that OWNS the warehouse file. Everybody else (command line, server) asks it: `openEngine` answers the
 * engine of this process or a client of the running one, with the same interface.
 */
export interface Engine {
  readonly isRemote: boolean
  definitions(): Promise<Definitions>
  /** Reads the project again (files changed) and publishes it. */
  reload(): Promise<Definitions>
  /** Writes the file that tells the compiler what the project has, where it changed; `isDryRun` only says whether it would. */
  writeTypes(options?: { isDryRun?: boolean | undefined }): Promise<TypesFile>
  query(query: EngineQuery): Promise<QueryResult & { readonly durationMs: number }>
  /** Writes all rows that a reading query answers into a new Parquet file, and answers its path. Who asked removes it. */
  exportParquet(query: Pick<EngineQuery, 'sql' | 'tablesOnly' | 'signal'>): Promise<string>
  /** Runs a dbt command line; answers its exit code. */
  dbt(call: DbtCall): Promise<number>
  checkConnection(name: string, options?: { signal?: AbortSignal | undefined }): Promise<CheckResult>
  discoverConnection(name: string, options?: { signal?: AbortSignal | undefined }): Promise<readonly DiscoveredStream[]>
  /** Lets the next sync of these streams, or of all, take their fields as the source has them then. Answers those that it concerns. @param by who wants it, for the connection's timeline */
  acceptSchema(name: string, streams: readonly string[] | undefined, by: 'web' | 'cli'): Promise<readonly string[]>
  /** Where data can come from. */
  sources(): Promise<readonly ConnectorInfo[]>
  /**
   * What is wrong with the manifest of a source that was added to the project: the list of sources does not read it whole. Without
   * `showsText` only how many problems there are, and where.
   */
  connectorProblem(
    asked: ProblemsAsked & { readonly name: string },
  ): Promise<{ readonly error?: ErrorJson | undefined }>
  /** The same of all that were added; those that can be used are left out. */
  connectorProblems(
    asked: ProblemsAsked,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<readonly ConnectorProblem[]>
  /** Brings a manifest into the project, as a source of its own, once it is found right: from an address or a package, as a text, or begun here. */
  addConnector(
    request: ConnectorToAdd,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Pick<AddedConnector, 'name' | 'warnings'>>
  /** The manifest of a source that was added, for those who may edit it: secrets may stand in it. */
  connectorManifest(name: string): Promise<ManifestText>
  /** The hash of its text: whoever has that text need not ask for it again. */
  connectorManifestHash(name: string): Promise<{ readonly hash: string }>
  /** Gives it another manifest, once that is found right, unless somebody else changed it meanwhile. */
  changeConnector(change: ManifestChange & { readonly name: string }): Promise<ChangedManifest>
  /** Who reads with it: it is not removed as long as anybody does. */
  connectorUsers(name: string): Promise<ConnectorUsers>
  /** Takes it out of the project, unless a connection or a source uses it. */
  removeConnector(name: string): Promise<{ readonly folder: string }>
  /** What is to be said of a text that may become the manifest of a source; nothing of it is run. */
  checkManifest(
    draft: { readonly connector: string; readonly yaml: string },
    options?: { signal?: AbortSignal | undefined },
  ): Promise<DraftedManifest>
  /** Such a text with a JSON Schema of a stream written into it; nothing is written to the project. */
  manifestWithSchema(draft: {
    readonly yaml: string
    readonly stream: string
    readonly schema: Readonly<Record<string, unknown>>
  }): Promise<{ readonly yaml: string }>
  /** The first records of a stream as such a text reads it, with the requests and the answers behind them, without secrets. */
  previewManifest(draft: ManifestTest, options?: { signal?: AbortSignal | undefined }): Promise<ManifestPreview>
  /** Where they can go; the warehouse first. */
  destinations(): Promise<readonly DestinationInfo[]>
  /** The settings that a source takes; an Airbyte connector that is named in the config is asked for its own. */
  sourceSpec(source: ConnectionDraft['source'], options?: { signal?: AbortSignal | undefined }): Promise<SourceSpec>
  /** The same as of a connection, of one that is not a file yet. */
  checkDraft(draft: ConnectionDraft, options?: { signal?: AbortSignal | undefined }): Promise<CheckResult>
  /** Only where it loads, the warehouse too. */
  checkDraftDestination(draft: ConnectionDraft, options?: { signal?: AbortSignal | undefined }): Promise<CheckResult>
  discoverDraft(draft: ConnectionDraft, options?: { signal?: AbortSignal | undefined }): Promise<OfferedStreams>
  /** The first records of a stream with the requests and the answers behind them, without secrets; nothing is loaded. */
  previewDraftStream(
    preview: { readonly draft: ConnectionDraft; readonly stream: string },
    options?: { signal?: AbortSignal | undefined },
  ): Promise<ManifestPreview>
  /** The same of a connection that there is; it begins where the next sync would, unless told otherwise. */
  previewStream(
    preview: { readonly connection: string; readonly stream: string; readonly fromStart?: boolean | undefined },
    options?: { signal?: AbortSignal | undefined },
  ): Promise<ManifestPreview>
  /** The file that a draft becomes, read back and found right; written only by `createConnection`. */
  previewConnection(draft: ConnectionDraft, options?: { signal?: AbortSignal | undefined }): Promise<ConnectionFile>
  /** Finds an end by itself right, and keeps it, together with its secrets, whose names stand in their place. Answers those that are new. */
  keepEnd(
    end: EndToKeep & AskedBy,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Pick<ConnectionFile, 'newSecrets'>>
  /** Writes it, and keeps its secrets. */
  createConnection(
    draft: ConnectionDraft & AskedBy,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<ConnectionFile>
  /** What the file of a connection says, for a form. @throws CONNECTION_NOT_EDITABLE */
  connectionSettings(name: string): Promise<ConnectionSettings>
  /** What a change would write, and what comes of it for the data. Nothing is written. */
  previewChange(change: ConnectionFileChange, options?: { signal?: AbortSignal | undefined }): Promise<ChangePreview>
  /** The same as of a draft, of a connection as it would be. */
  checkChange(change: ConnectionFileChange, options?: { signal?: AbortSignal | undefined }): Promise<CheckResult>
  checkChangedDestination(
    change: ConnectionFileChange,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<CheckResult>
  discoverChange(change: ConnectionFileChange, options?: { signal?: AbortSignal | undefined }): Promise<OfferedStreams>
  /** Writes into the file of a connection what is to stand otherwise in it; the rest stays. */
  changeConnection(
    change: ConnectionFileChange & AskedBy,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<ConnectionFile>
  /** Takes the file of a connection out of the project. Its tables stay, and so does the file: it is kept where the answer says. */
  removeConnection(name: string): Promise<{ readonly file: string; readonly keptAt: string }>
  /** Secrets that are kept for connections, and those that are missing. */
  secrets(): Promise<readonly KeptSecret[]>
  /**
   * Keeps all of them or none, by their names, in the place of what they were; connections that name them have them at once. Answers what is
   * to be said about it. @throws SECRET_INVALID, SECRET_KEY_DIFFERS
   */
  setSecrets(
    secrets: { readonly values: Readonly<Record<string, string>> } & AskedBy,
  ): Promise<{ readonly warning?: string | undefined }>
  /** @throws SECRET_NOT_FOUND */
  removeSecret(name: string): Promise<void>
  /** Committed state per stream of a connection. */
  connectionStates(name: string): Promise<readonly { stream: string; state: unknown; updatedAt?: string | undefined }[]>
  /** Brings states of another program into the warehouse; what a sync of ours has written stays. The connection need not be readable yet. */
  putStates(name: string, states: readonly BroughtState[]): Promise<readonly PutState[]>
  /** Rows of an asset that is a relation. */
  sample(asset: string, limit: number): Promise<QueryResult & { readonly durationMs: number }>
  /** The SQL as it was last sent to the warehouse, where there is one. */
  compiledCode(asset: string): Promise<string | undefined>
  /** The assets that dbt's own selectors mean, by the selector. */
  selectDbt(selectors: readonly string[]): Promise<Readonly<Record<string, readonly AssetKey[]>>>
  /** Every resource of the dbt project. */
  models(): Promise<readonly ModelEntry[]>
  /** One of them with all that explains it. */
  model(id: string): Promise<ModelDetail>
  /** Of which columns an asset makes its own. */
  fieldLineage(asset: string): Promise<AssetFields>
  /** One field followed up, down or both ways. */
  traceField(asset: string, column: string, direction: TraceDirection): Promise<AssetFieldTrace>
  /** Runs the user's sensor function. */
  evaluateSensor(name: string, question: SensorQuestion): Promise<SensorResult>
  /** Makes this engine execute queued runs from now on (it opens the store when it has not yet). */
  startRunLoop(): Promise<void>
  health(): Promise<EngineHealth>
  /** A client leaves; an engine of this process first waits for its other clients and its running work. */
  close(): Promise<void>
}

/** Everything a command needs: the engine, and the store with somebody who executes what is queued in it. */
export interface Stack {
  readonly project: Project
  readonly engine: Engine
  readonly store: OrchestrateStore
  readonly access: AccessStore
  close(): Promise<void>
}

/** What `millrace doctor` prints, one line a check. */
export interface DoctorFinding {
  readonly title: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly detail: string
  readonly error?: ErrorJson | undefined
}
