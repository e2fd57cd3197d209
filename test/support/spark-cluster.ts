import { spawn } from 'node:child_process'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.js'

/** The folder of Spark: of a distribution, or the one in which pip puts `pyspark`. Undefined = nothing that needs a cluster is run. */
export const sparkHome = process.env.SPARK_HOME

export interface SparkCluster {
  readonly host: string
  readonly port: number
  /** The address of Spark's page and REST interface. */
  readonly page: string
  readonly logFile: string
  stop(): Promise<void>
}

export interface SparkClusterOptions {
  readonly workers?: number
  /** 0 = one that is free. */
  readonly port?: number
  /** Settings of Spark's, `spark.sql.shuffle.partitions`. */
  readonly settings?: Readonly<Record<string, string>>
}

/**
 * Starts a cluster of worker processes with a Thrift server, with warehouse and metastore in a temporary folder, on this machine
 * only. It needs Java 17. Each worker has one core and 1 GB.
 */
export async function startSpark(home: string, options: SparkClusterOptions = {}): Promise<SparkCluster> {
  const { workers = 2, settings = {} } = options
  const dir = await mkdtemp(join(tmpdir(), 'millrace-spark-'))
  const host = '127.0.0.1'
  const port = options.port || (await freePort())
  const uiPort = await freePort()
  const logFile = join(dir, 'log')
  const warehouse = join(dir, 'warehouse')
  await mkdir(warehouse)
  const conf = {
    'spark.driver.host': host,
    'spark.driver.bindAddress': host,
    'spark.ui.port': String(uiPort),
    'spark.ui.showConsoleProgress': 'false',
    'spark.sql.warehouse.dir': warehouse,
    // On files Derby loses all its connections when a statement is cancelled.
    'spark.hadoop.javax.jdo.option.ConnectionURL': 'jdbc:derby:memory:metastore;create=true',
    'spark.hadoop.datanucleus.connectionPoolingType': 'NONE',
    'spark.hadoop.hive.hmshandler.retry.interval': '50ms',
    'spark.driver.extraJavaOptions': `-Dderby.system.home=${dir}`,
    ...settings,
  }
  const hive = {
    'hive.server2.thrift.port': String(port),
    'hive.server2.thrift.bind.host': host,
    'hive.server2.authentication': 'NOSASL',
  }
  const child = spawn(
    join(home, 'bin', 'spark-submit'),
    [
      ...['--master', `local-cluster[${workers},1,1024]`, '--driver-memory', '1g'],
      ...Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
      ...['--class', 'org.apache.spark.sql.hive.thriftserver.HiveThriftServer2', 'spark-internal'],
      ...Object.entries(hive).flatMap(([key, value]) => ['--hiveconf', `${key}=${value}`]),
    ],
    { cwd: dir, env: { ...process.env, SPARK_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  )
  const log = createWriteStream(logFile)
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    // The workers are children of the driver, in its group.
    const signal = (name: NodeJS.Signals) => {
      try {
        process.kill(-(child.pid as number), name)
      } catch {
        // It has ended.
      }
    }
    signal('SIGTERM')
    await Promise.race([ended, sleep(15_000)])
    signal('SIGKILL')
    log.end()
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }
  for (let waited = 0; !(await answers(host, port)); waited++) {
    if (child.exitCode === null && waited < 480) {
      await sleep(500)
      continue
    }
    const text = await readFile(logFile, 'utf8').catch(() => '')
    await stop()
    throw new Error(`Spark did not start: ${text.slice(-2000)}`)
  }
  return { host, port, page: `http://${host}:${uiPort}`, logFile, stop }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Started as a program: a cluster until Ctrl-C. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (sparkHome === undefined || !existsSync(sparkHome)) throw new Error('SPARK_HOME names no folder of Spark.')
  const cluster = await startSpark(sparkHome, { port: Number(process.argv[2] ?? 0) })
  console.log(`MILLRACE_TEST_SPARK=${cluster.host}:${cluster.port}\npage ${cluster.page}\nlog ${cluster.logFile}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cluster.stop())
}
