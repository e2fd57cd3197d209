import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { freePort } from './free-port.js'

/** The program of a server, `mariadbd` or `mysqld`; undefined = the tests are skipped. */
export const serverProgram = process.env.MILLRACE_MYSQL_SERVER

export interface MysqlServer {
  readonly port: number
  readonly isMariaDb: boolean
  /** Files: whom to trust, and who is no one's. The server's name is `localhost`. */
  readonly certificates: { readonly ca: string; readonly foreign: string }
  /** A session of the administrator. */
  readonly admin: mysql.Connection
  /** A new database, empty, and the account that may do everything in it, and read the log. */
  database(): Promise<{ readonly database: string; readonly username: string; readonly password: string }>
  /** Ends it without a word, as a machine that loses its power. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Starts a server of its own in a temporary folder. It listens on this machine only. @param more options of the program */
export async function startMysql(
  program: string,
  more: (isMariaDb: boolean) => readonly string[] = () => [],
): Promise<MysqlServer> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-mysql-'))
  const data = join(dir, 'data')
  const isMariaDb = execFileSync(program, ['--version'], { encoding: 'utf8' }).includes('MariaDB')
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  await makeData(program, data, isMariaDb, asRoot)
  const certificates = makeCertificates(dir)
  const port = await freePort()
  const socket = join(dir, 'socket')
  const child = spawn(
    program,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--ssl-ca=${certificates.ca}`,
      `--ssl-cert=${certificates.server}`,
      `--ssl-key=${certificates.key}`,
      // The text of columns that say nothing else is not in the character set of the session.
      '--character-set-server=latin1',
      '--log-bin=binlog',
      '--binlog-format=ROW',
      '--server-id=7',
      ...more(isMariaDb),
      // The folder for files of `load data` is often one that only an installation makes.
      ...(isMariaDb ? [] : ['--mysqlx=off', '--secure-file-priv=']),
      ...asRoot,
    ],
    { stdio: 'ignore' },
  )
  const gone = once(child, 'exit')
  const admin = await connected(socket)
  // One that was killed is gone.
  admin.on('error', () => {})
  let count = 0
  return {
    port,
    isMariaDb,
    certificates,
    admin,
    async database() {
      const name = `test_${++count}`
      await admin.query(`create database ${name}`)
      await admin.query(`create user '${name}'@'%' identified by 'secret'`)
      await admin.query(`grant all on ${name}.* to '${name}'@'%'`)
      await admin.query(
        `grant replication slave, ${isMariaDb ? 'binlog monitor' : 'replication client'} on *.* to '${name}'@'%'`,
      )
      return { database: name, username: name, password: 'secret' }
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    async stop() {
      await admin.end().catch(() => {})
      child.kill()
      await gone
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function makeData(program: string, data: string, isMariaDb: boolean, asRoot: readonly string[]): Promise<void> {
  const install = [`--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...asRoot]
  for (let attempt = 1; ; attempt++) {
    try {
      if (isMariaDb) execFileSync(installer(program), ['--no-defaults', ...install], { stdio: 'pipe' })
      else
        execFileSync(program, ['--no-defaults', '--initialize-insecure', `--datadir=${data}`, ...asRoot], {
          stdio: 'pipe',
        })
      return
    } catch (error) {
      // MariaDB 10.11 dies now and then when two of it are made at once: signal 11.
      if (attempt === 3) throw error
      await rm(data, { recursive: true, force: true })
    }
  }
}

/** MariaDB's script that makes the first data folder lies in another folder than the server. */
function installer(program: string): string {
  const name = 'mariadb-install-db'
  const places = [dirname(program), join(dirname(program), '../bin'), join(dirname(program), '../scripts')]
  return places.map((place) => join(place, name)).find((path) => existsSync(path)) ?? name
}

/** An authority, a server that it knows, and another authority. */
function makeCertificates(dir: string): { ca: string; server: string; key: string; foreign: string } {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
  const authority = (name: string) =>
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
    )
  authority('ca')
  authority('foreign')
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  )
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-out',
    'server.pem',
  )
  const file = (name: string) => join(dir, name)
  return { ca: file('ca.pem'), server: file('server.pem'), key: file('server.key'), foreign: file('foreign.pem') }
}

async function connected(socketPath: string): Promise<mysql.Connection> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await mysql.createConnection({ socketPath, user: 'root', multipleStatements: true })
    } catch (error) {
      if (attempt > 300) throw error
      await sleep(100)
    }
  }
}
