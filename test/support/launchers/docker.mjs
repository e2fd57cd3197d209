/**
 * Answers the part of docker's command line that Millrace uses; a container is a process of this machine with only the variables that it
 * was given. Images that begin with `missing` cannot be pulled; others than those of run workers are programs of this machine. Its state
 * lies in the folder FAKE_DOCKER_DIR.
 */
import { spawn } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'

const root = process.env.FAKE_DOCKER_DIR
const [verb, ...args] = process.argv.slice(2)
const stateFile = (name) => join(root, name, 'state.json')
const stateOf = (name) => JSON.parse(readFileSync(stateFile(name), 'utf8'))
const fail = (text, code) => {
  console.error(text)
  process.exit(code)
}
/** Forgets a container, whose shim may be noting its state right now. */
const forget = (name) => rmSync(join(root, name), { recursive: true, maxRetries: 20, retryDelay: 50 })
const missing = (name) => fail(`Error response from daemon: No such container: ${name}`, 1)

const dockerLabels = (labels) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
const podmanLabels = (labels) =>
  `map[${Object.entries(labels)
    .map(([key, value]) => `${key}:${value}`)
    .join(' ')}]`

/** Options of `run` that have no value. */
const flags = ['--detach', '--init', '--rm', '--interactive']
const killed = 128 + constants.signals.SIGKILL

/** A container that its client waits for and speaks for; it goes on where the client ends. */
function attached(name, options, [image, ...command]) {
  const [folder, mountPoint] = options['--volume'][0].split(':')
  const line = command.map((one) => (one.startsWith(mountPoint) ? folder + one.slice(mountPoint.length) : one))
  const child = spawn(image, line, { detached: true, env: { PATH: process.env.PATH } })
  process.stdin.pipe(child.stdin)
  child.stdout.pipe(process.stdout)
  child.stderr.pipe(process.stderr)
  const labels = Object.fromEntries((options['--label'] ?? []).map((label) => label.split(/=(.*)/)))
  writeFileSync(stateFile(name), JSON.stringify({ Status: 'running', ExitCode: 0, Pid: child.pid, labels }))
  child.on('error', () => {
    forget(name)
    fail(`docker: Error response from daemon: failed to create task: exec: "${image}": not found: unknown.`, 127)
  })
  // What it wrote last is on its way when it ends.
  child.on('close', (code) => {
    rmSync(join(root, name), { recursive: true, force: true })
    process.exitCode = code ?? killed
    process.stdin.destroy()
  })
  // Like the real one it hands signals on, and does not end by them. A connector here may be deaf to them.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {})
}

const verbs = {
  run() {
    const options = {}
    while (args[0].startsWith('--')) {
      const name = args.shift()
      const value = flags.includes(name) ? true : args.shift()
      options[name] = [...(options[name] ?? []), value]
    }
    const [image, ...command] = args
    appendFileSync(join(root, 'command-lines'), `${process.argv.join(' ')}\n`)
    if (image.startsWith('missing'))
      fail(
        `Unable to find image '${image}' locally\ndocker: Error response from daemon: pull access denied for ${image}, repository does not exist`,
        125,
      )
    const [name] = options['--name']
    if (existsSync(join(root, name)))
      fail(
        `docker: Error response from daemon: Conflict. The container name "/${name}" is already in use by container "1".`,
        125,
      )
    mkdirSync(join(root, name))
    if (!options['--detach']) return attached(name, options, [image, ...command])
    const env = Object.fromEntries(options['--env'].map((one) => [one, process.env[one]]))
    writeFileSync(stateFile(name), JSON.stringify({ Status: 'created', ExitCode: 0, Error: '' }))
    const line = [...options['--entrypoint'], ...command]
    const shim = spawn(process.execPath, [process.argv[1], 'shim', name, ...line], {
      detached: true,
      stdio: 'ignore',
      env: { ...env, PATH: process.env.PATH, FAKE_DOCKER_DIR: root },
    })
    shim.unref()
    console.log('0123456789ab')
  },
  /** What holds a container. */
  shim() {
    const [name, file, ...rest] = args
    const log = openSync(join(root, name, 'log'), 'a')
    const { FAKE_DOCKER_DIR: _, ...env } = process.env
    const child = spawn(file, rest, { stdio: ['ignore', log, log], env })
    writeFileSync(stateFile(name), JSON.stringify({ Status: 'running', ExitCode: 0, Pid: child.pid }))
    child.on('exit', (code, signal) => {
      if (!existsSync(join(root, name))) return
      const ExitCode = code ?? 128 + constants.signals[signal]
      writeFileSync(stateFile(name), JSON.stringify({ Status: 'exited', ExitCode, OOMKilled: false, Error: '' }))
    })
  },
  inspect() {
    const name = args.at(-1)
    if (!existsSync(stateFile(name))) missing(name)
    console.log(readFileSync(stateFile(name), 'utf8'))
  },
  logs() {
    process.stderr.write(readFileSync(join(root, args.at(-1), 'log')))
  },
  rm() {
    const name = args.at(-1)
    if (!existsSync(stateFile(name))) missing(name)
    const { Pid, Status } = stateOf(name)
    forget(name)
    if (Status === 'running') process.kill(Pid, 'SIGKILL')
  },
  kill() {
    const name = args.at(-1)
    if (!existsSync(stateFile(name))) missing(name)
    process.kill(stateOf(name).Pid, 'SIGKILL')
  },
  ps() {
    const [label] = args[args.indexOf('--filter') + 1].split('=').slice(1)
    for (const name of readdirSync(root))
      if (existsSync(stateFile(name)) && stateOf(name).labels?.[label])
        console.log(
          `${name} ${stateOf(name).asPodman ? podmanLabels(stateOf(name).labels) : dockerLabels(stateOf(name).labels)}`,
        )
  },
  container() {
    for (const name of readdirSync(root))
      if (existsSync(stateFile(name)) && stateOf(name).Status === 'exited') forget(name)
  },
}
verbs[verb]()
