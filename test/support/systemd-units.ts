/** What is different in the units of `deploy/systemd`. */
interface Unit {
  readonly name: string
  readonly title: string
  readonly command: string
  readonly memory: string
  /** Another unit that is wanted, and begun before. */
  readonly after?: string
  readonly hasEmbeddedStore?: boolean
  readonly launchesRuns?: boolean
}

const units: readonly Unit[] = [
  { name: 'millrace', title: 'everything in one', command: 'up', memory: '6G', hasEmbeddedStore: true },
  { name: 'millrace-engine', title: 'runs, and the warehouse', command: 'engine', memory: '4G', launchesRuns: true },
  {
    name: 'millrace-webserver',
    title: 'web page and API',
    command: 'serve --no-daemon',
    memory: '1G',
    after: 'millrace-engine.service',
  },
  { name: 'millrace-daemon', title: 'schedules and sensors', command: 'daemon', memory: '1G' },
]

/** The units by the names of their files. Each stands alone: whoever uses one copies that. */
export const systemdUnits = (): ReadonlyMap<string, string> =>
  new Map(units.map((unit) => [`${unit.name}.service`, textOf(unit)]))

const lineIf = (isTrue: boolean | undefined, line: string) => (isTrue ? `${line}\n` : '')

function textOf({ title, command, memory, after, hasEmbeddedStore, launchesRuns }: Unit): string {
  const wanted = ['network-online.target', after].filter(Boolean).join(' ')
  return `# Made by \`npm run generate\` from test/support/systemd-units.ts.
[Unit]
Description=Millrace: ${title}
After=${wanted}
Wants=${wanted}

[Service]
ExecStart=/opt/millrace/project/node_modules/.bin/millrace ${command}
WorkingDirectory=/opt/millrace/project
User=millrace
Group=millrace
# DATABASE_URL and the variables of connections; readable for root only.
${lineIf(hasEmbeddedStore, '# Without DATABASE_URL the store is the embedded PostgreSQL.')}EnvironmentFile=${hasEmbeddedStore ? '-' : ''}/etc/millrace/environment
Environment=MILLRACE_STATE_DIR=/var/lib/millrace DBT_TARGET_PATH=/var/lib/millrace/target DBT_LOG_PATH=/var/lib/millrace/logs MILLRACE_LOG_FORMAT=json
StateDirectory=millrace
StateDirectoryMode=0700
Restart=always
RestartSec=2
# The first process alone is asked to end: it gives back to the queue what runs, and ends all others in order.
KillMode=mixed
${lineIf(launchesRuns, '# With `runs.launcher.type: process` KillMode=process instead: run workers then go on while the engine is started again.')}TimeoutStopSec=60
MemoryMax=${memory}
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
SystemCallFilter=@system-service
SystemCallArchitectures=native
UMask=0077

[Install]
WantedBy=multi-user.target
`
}
