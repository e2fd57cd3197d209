import type { EventEmitter } from 'node:events'
import { warehouseErrors } from '../errors.js'

/** Bytes, or what the driver has of a 64-bit number. */
export interface Int64 {
  readonly buffer: Uint8Array
  readonly offset: number
}

/** A column of a piece of a result: one of its lists of values is there, and a bit a row says where there is none. */
export type ThriftColumn = Readonly<
  Record<string, { readonly values: readonly unknown[]; readonly nulls: Uint8Array | string } | null>
>

export interface ThriftStatus {
  readonly statusCode: number
  readonly sqlState: string | null
  readonly errorMessage: string | null
}

export interface ThriftColumnDescription {
  readonly columnName: string
  readonly typeDesc: {
    readonly types: readonly {
      readonly primitiveEntry: {
        readonly type: number
        readonly typeQualifiers: {
          readonly qualifiers: Readonly<Record<string, { readonly i32Value: number | null }>>
        } | null
      } | null
    }[]
  }
}

interface Answer {
  readonly status: ThriftStatus
}

/** Handles are given back as they came. */
export type Handle = Readonly<Record<string, unknown>>

/** The calls of the protocol that are used: https://github.com/apache/hive/blob/master/service-rpc/if/TCLIService.thrift */
export interface ThriftCalls {
  openSession(request: object): Promise<Answer & { readonly sessionHandle: Handle }>
  closeSession(request: object): Promise<Answer>
  executeStatement(request: object): Promise<Answer & { readonly operationHandle: Handle | null }>
  getOperationStatus(request: object): Promise<
    Answer & {
      readonly operationState: number
      readonly sqlState: string | null
      readonly errorMessage: string | null
    }
  >
  getResultSetMetadata(
    request: object,
  ): Promise<Answer & { readonly schema: { readonly columns: readonly ThriftColumnDescription[] } | null }>
  fetchResults(
    request: object,
  ): Promise<Answer & { readonly results: { readonly columns: readonly ThriftColumn[] | null } | null }>
  cancelOperation(request: object): Promise<Answer>
  closeOperation(request: object): Promise<Answer>
}

/** What a connection is written to before it speaks Thrift. */
export interface Transport {
  end(): void
  getTransport(): { destroy?: () => void } | undefined
}

export interface Authentication {
  authenticate(transport: Transport): Promise<Transport>
}

export interface HiveClient extends EventEmitter {
  connect(options: object, connection: object, authentication: Authentication): Promise<unknown>
  getClient(): object
  close(): void
}

/** What is used of the package `hive-driver`. */
export interface HiveDriver {
  readonly HiveClient: new (service: object, types: object) => HiveClient
  readonly HiveDriver: new (types: object, client: object) => ThriftCalls
  readonly thrift: { readonly TCLIService: object; readonly TCLIService_types: object }
  readonly auth: {
    readonly NoSaslAuthentication: new () => Authentication
    readonly PlainTcpAuthentication: new (options: object) => Authentication
    readonly PlainHttpAuthentication: new (options: object) => Authentication
  }
  readonly connections: { readonly TcpConnection: new () => object; readonly HttpConnection: new () => object }
}

const name = 'hive-driver'
/** The version that the tests run with. */
export const sparkDriverVersion = '1.0.0'

/** Only who uses Spark has its driver. @throws WAREHOUSE_DRIVER_MISSING */
export async function loadSparkDriver(load: () => Promise<unknown> = () => import('hive-driver')): Promise<HiveDriver> {
  try {
    const module = (await load()) as { default?: HiveDriver } & HiveDriver
    return module.HiveClient ? module : (module.default as HiveDriver)
  } catch (cause) {
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String((cause as { code?: unknown }).code))) throw cause
    throw warehouseErrors.create('WAREHOUSE_DRIVER_MISSING', {
      message: `Spark is reached by the package ${name}, which is not installed.`,
      hint: `Install it beside Millrace: npm install ${name}@${sparkDriverVersion}`,
      cause,
    })
  }
}
