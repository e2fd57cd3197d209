// Carries out deploy/image/Dockerfile where there is no container engine: base images are a Debian made by debootstrap and this
// machine's Node, layers are overlays, a container is a chroot with namespaces of its own, not root, its root read-only.
//
//   npm run build && sudo node test/deploy/image-in-chroot.mjs [--keep]
//
// Needs root, debootstrap, Debian's packages and the npm registry; no part of `npm test`. Prints sizes, and how long it took until each part was healthy.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const project = join(repository, 'examples', 'flights')
const work = fs.mkdtempSync(join(tmpdir(), 'millrace-image-'))
fs.chmodSync(work, 0o755)
const debian = process.env.MILLRACE_DEBOOTSTRAP ?? join(tmpdir(), 'millrace-debootstrap')

const run = (file, ...args) => execFileSync(file, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
const megabytes = (...paths) => Math.round(run('du', '-sxcm', ...paths).match(/(\d+)\s+total/)[1])
const mounted = []
const mount = (target, ...args) => {
  fs.mkdirSync(dirname(target), { recursive: true })
  run('mount', ...args, target)
  mounted.push(target)
}

// ---- The base images ----

function makeDebian() {
  if (fs.existsSync(join(debian, 'usr/bin/apt-get'))) return
  console.log('Making a Debian …')
  run('debootstrap', '--variant=minbase', 'bookworm', debian)
  // As Debian's slim images do.
  for (const path of [
    'usr/share/doc',
    'usr/share/man',
    'usr/share/locale',
    'usr/share/info',
    'var/cache/apt',
    'var/lib/apt/lists',
  ])
    fs.rmSync(join(debian, path), { recursive: true, force: true })
}

/** A folder that begins with what is in others and keeps what is written apart. */
function overlay(name, lower) {
  const [upper, scratch, root] = ['upper', 'scratch', 'root'].map((part) => join(work, name, part))
  for (const folder of [upper, scratch, root]) fs.mkdirSync(folder, { recursive: true })
  mount(root, '-t', 'overlay', 'overlay', '-o', `lowerdir=${lower.join(':')},upperdir=${upper},workdir=${scratch}`)
  return { root, layers: [upper, ...lower] }
}

/** What the official image of Node has beside Debian. */
function nodeImage() {
  const { root, layers } = overlay('node-image', [debian])
  const npm = dirname(dirname(fs.realpathSync(run('which', 'npm').trim())))
  fs.mkdirSync(join(root, 'usr/local/lib/node_modules'), { recursive: true })
  fs.copyFileSync(process.execPath, join(root, 'usr/local/bin/node'))
  run('cp', '-a', npm, join(root, 'usr/local/lib/node_modules/npm'))
  fs.symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
  return layers
}

// ---- The steps ----

const instructions = fs
  .readFileSync(join(repository, 'deploy/image/Dockerfile'), 'utf8')
  .split('\n')
  .filter((line) => !/^\s*#/.test(line))
  .join('\n')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => /^(\w+)\s+(.*)$/.exec(line.trim()).slice(1))

/** The files that the build is given: those of the repository that .dockerignore does not leave out. */
function contextFiles() {
  const left = fs.readFileSync(join(repository, '.dockerignore'), 'utf8').trim().split('\n')
  const isLeftOut = (path) =>
    left.some((pattern) =>
      pattern.startsWith('**/*')
        ? path.endsWith(pattern.slice(4))
        : pattern.startsWith('**/')
          ? path.split('/').includes(pattern.slice(3))
          : path === pattern || path.startsWith(`${pattern}/`),
    )
  const files = run('git', '-C', repository, 'ls-files', '--cached', '--others', '--exclude-standard')
    .trim()
    .split('\n')
  return files.filter((path) => !isLeftOut(path) && fs.existsSync(join(repository, path)))
}

/** Clients of package registries trust whom this machine's do. */
const passedOn = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'].filter((name) => fs.existsSync(process.env[name] ?? ''))

function inChroot(root, { env, cwd, command }) {
  const binds = ['/etc/resolv.conf', '/root/.npmrc']
    .filter((path) => fs.existsSync(path))
    .map((path) => [path, path])
    // Not where they lie here: a step installs certificates there, and would write over this machine's.
    .concat(passedOn.map((name) => [process.env[name], `/mnt/${name}`]))
  const lines = binds.map(([path, inside]) => {
    const target = join(root, inside)
    return `[ -e ${target} ] || touch ${target}; mount --bind -o ro ${path} ${target}`
  })
  const script = [
    `mount -t proc proc ${root}/proc; mount --rbind /dev ${root}/dev; mount -t tmpfs tmpfs ${root}/mnt`,
    ...lines,
    `exec /usr/sbin/chroot ${root} /bin/sh -ec "cd '${cwd}' && $COMMAND"`,
  ].join('\n')
  const own = Object.fromEntries(passedOn.map((name) => [name, `/mnt/${name}`]))
  const { status, stdout } = spawnSync('unshare', ['--mount', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: '/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin',
      HOME: '/root',
      ...own,
      ...env,
      COMMAND: command,
    },
  })
  if (status !== 0) throw new Error(`The step failed with ${status}: ${command}\n${stdout}`)
}

function copy(words, stages, stage) {
  const from = /^--from=(.*)$/.exec(words[0])?.[1]
  const [target, ...sources] = words.slice(from === undefined ? 0 : 1).reverse()
  const to = join(stage.root, resolve(stage.cwd, target))
  if (from === undefined) {
    for (const source of sources.reverse())
      for (const path of contextFiles().filter(
        (one) => source === '.' || one === source || one.startsWith(`${source}/`),
      )) {
        fs.mkdirSync(dirname(join(to, path)), { recursive: true })
        fs.copyFileSync(join(repository, path), join(to, path))
        fs.chmodSync(join(to, path), fs.statSync(join(repository, path)).mode)
      }
    return
  }
  const root = from === 'project' ? project : stages[from].root
  const source = join(root, sources[0])
  fs.mkdirSync(dirname(to), { recursive: true })
  if (fs.statSync(source).isDirectory()) {
    fs.mkdirSync(to, { recursive: true })
    run('cp', '-a', '--no-preserve=ownership', `${source}/.`, to)
  } else run('cp', '-a', '--no-preserve=ownership', source, to)
}

function build() {
  const arguments_ = {}
  const stages = {}
  const images = { node: nodeImage(), debian: [debian] }
  let stage
  for (const [name, text] of instructions) {
    if (name === 'ARG') arguments_[text.split('=')[0]] = text.split('=')[1]
    else if (name === 'FROM') {
      const [, from, as] = /^(?:--platform=\S+ )?(\S+) AS (\S+)$/.exec(text)
      const image = from.replace(/\$\{(\w+)\}/g, (_, one) => arguments_[one])
      const lower = stages[image]?.layers ?? images[image.split(':')[0]]
      console.log(`Stage ${as} …`)
      const before = stages[image] ?? { env: {}, cwd: '/', user: '0:0' }
      stage = { ...before, ...overlay(as, lower) }
      stages[as] = stage
    } else if (name === 'WORKDIR') {
      stage.cwd = resolve(stage.cwd, text)
      fs.mkdirSync(join(stage.root, stage.cwd), { recursive: true })
    } else if (name === 'ENV')
      stage.env = {
        ...stage.env,
        ...Object.fromEntries(
          text
            .trim()
            .split(/\s+/)
            .map((one) => one.split(/=(.*)/).slice(0, 2)),
        ),
      }
    else if (name === 'USER') stage.user = text
    else if (name === 'ENTRYPOINT') stage.entrypoint = JSON.parse(text)
    else if (name === 'COPY') copy(text.trim().split(/\s+/), stages, stage)
    else if (name === 'RUN') inChroot(stage.root, { ...stage, command: text })
    else if (!['EXPOSE', 'VOLUME', 'CMD'].includes(name)) throw new Error(`${name} is not understood here.`)
  }
  return stages
}

// ---- Containers ----

const children = []

/** A container of the image: not root, read-only but for /state and /tmp, with pids and a name of its own. */
function container(image, name, args, env, state) {
  const root = join(work, `container-${name}`)
  fs.mkdirSync(root, { recursive: true })
  const script = [
    'set -e',
    `mount --bind ${image.root} ${root}; mount -o remount,bind,ro ${root}`,
    `mount -t tmpfs tmpfs ${root}/tmp; mount -t proc proc ${root}/proc; mount --rbind /dev ${root}/dev`,
    `mount --bind ${state} ${root}/state`,
    `hostname ${name}`,
    `exec /usr/sbin/chroot --userspec=${image.user} ${root} /bin/sh -c 'cd ${image.cwd} && exec "$@"' sh "$@"`,
  ].join('\n')
  const child = spawn(
    'unshare',
    [
      '--mount',
      '--pid',
      '--fork',
      '--uts',
      '--kill-child=SIGTERM',
      'sh',
      '-c',
      script,
      'sh',
      ...image.entrypoint,
      ...args,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...image.env, ...env },
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  const started = performance.now()
  const one = { name, child, output: () => output, seconds: () => ((performance.now() - started) / 1000).toFixed(2) }
  one.ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)))
  children.push(one)
  return one
}

/** As a container engine does it: the signal goes to the first process of the container. `unshare` itself does not listen to it. */
function stop({ child }) {
  const inside = fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
  process.kill(Number(inside), 'SIGTERM')
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
async function until(what, ask, one) {
  for (let left = 1200; left > 0; left--) {
    if (await ask()) return console.log(`${what}: ${one.seconds()} s after its start`)
    if (one.child.exitCode !== null) break
    await sleep(20)
  }
  throw new Error(`${what}: not seen. ${one.name} said:\n${one.output()}`)
}

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })

async function runMainJob(image) {
  const { startEmbeddedPostgres } = await import(join(repository, 'dist/metastore/index.js'))
  const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error }
  const postgres = await startEmbeddedPostgres({ dataDir: join(work, 'postgres'), logger: quiet })
  try {
    const state = join(work, 'state')
    fs.mkdirSync(state)
    fs.chmodSync(state, 0o777)
    const port = await freePort()
    const env = {
      DATABASE_URL: postgres.url,
      MILLRACE_ADMIN_PASSWORD: 'only for this trial',
      MILLRACE_WAREHOUSE: '/state/warehouse.duckdb',
      REPORTS_DIR: '/state/reports',
    }
    const worker = container(image, 'worker', ['engine'], env, state)
    const webserver = container(
      image,
      'webserver',
      ['serve', '--no-daemon', '--host', '0.0.0.0', '--port', String(port)],
      env,
      state,
    )
    const daemon = container(image, 'daemon', ['daemon'], env, state)
    const answers = (path) => async () => (await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined))?.ok
    await until('webserver lives', answers('/livez'), webserver)
    await until('webserver is ready', answers('/readyz'), webserver)
    await until('daemon watches', () => daemon.output().includes('Watching over'), daemon)
    for (const [kind, one] of [
      ['server', 'webserver'],
      ['engine', 'worker'],
      ['daemon', 'daemon'],
    ]) {
      const probe = container(image, one, ['liveness-check', kind], env, state)
      console.log(`liveness-check ${kind}: ${await probe.ended} (${probe.seconds()} s) ${probe.output().trim()}`)
    }
    const job = container(image, 'job', ['materialize', '*'], env, state)
    const code = await job.ended
    console.log(`The main job ended with ${code} after ${job.seconds()} s`)
    console.log(job.output().trim().split('\n').slice(-8).join('\n'))
    console.log(`Owned by: ${run('stat', '-c', '%u:%g %n', join(state, 'warehouse.duckdb')).trim()}`)
    for (const one of [daemon, webserver, worker]) {
      stop(one)
      console.log(`${one.name} ended with ${await one.ended}`)
    }
    if (code !== 0) process.exitCode = 1
  } finally {
    for (const { child } of children) if (child.exitCode === null) child.kill('SIGKILL')
    await postgres.stop()
  }
}

try {
  makeDebian()
  const stages = build()
  const base = megabytes(debian)
  const runtime = megabytes(...stages.runtime.layers)
  console.log(
    `Size: ${runtime} MB (of these ${base} MB Debian), with the project ${megabytes(...stages.complete.layers)} MB`,
  )
  await runMainJob(stages.complete)
} finally {
  if (!process.argv.includes('--keep')) {
    for (const target of mounted.reverse()) spawnSync('umount', [target])
    fs.rmSync(work, { recursive: true, force: true })
  } else console.log(`Kept: ${work}`)
}
