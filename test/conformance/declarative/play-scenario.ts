import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { frozenClock } from './clock.js'
import { readExact, writeExact } from './exact-json.js'
import type { Message } from './protocol-messages.js'
import { runCommand } from './run-command.js'
import { filled, type GoldenStep, readFile, routesOf, type Scenario, type ScenarioStep } from './scenario.js'
import { type ScriptedServer, scriptedServer } from './scripted-server.js'
import { summarised } from './summary.js'
import { jsonText, sourceConfig, sourceValue } from './values.js'

export interface PlayOptions {
  /** As in a sync; else as for somebody who looks at them. */
  readonly packsRecords?: boolean
}

/** Every step of a scenario, one after another, against a server that answers as its `responses.json` says. */
export async function playScenario(scenario: Scenario, options: PlayOptions = {}): Promise<Record<string, GoldenStep>> {
  const server = await scriptedServer()
  try {
    const steps: Record<string, GoldenStep> = {}
    const states = new Map<string, unknown>()
    for (const step of scenario.steps) {
      const { messages, ...ran } = await playStep(scenario, step, { ...options, server, states })
      states.set(`@${step.id}`, lastStates(messages))
      steps[step.id] = independent(summarised(scenario, { messages, ...ran }), server.baseUrl)
    }
    return steps
  } finally {
    await server.close()
  }
}

async function playStep(
  scenario: Scenario,
  step: ScenarioStep,
  {
    server,
    states,
    packsRecords,
  }: PlayOptions & { readonly server: ScriptedServer; readonly states: ReadonlyMap<string, unknown> },
) {
  const file = join(scenario.folder, step.manifest ?? 'manifest.yaml')
  const given = (name: string) => filled(readFile(scenario.folder, name), server.baseUrl)
  const clock = frozenClock(step.now ?? scenario.now)
  const script = server.play(routesOf(scenario), step.id)
  const messages: Message[] = []
  const config = given(step.config ?? 'config.json') as object
  const state = step.state?.startsWith('@') ? states.get(step.state) : step.state && given(step.state)
  const exitCode = await runCommand(
    {
      command: step.command,
      manifest: { text: readFileSync(file, 'utf8'), file, folder: scenario.folder },
      config: sourceConfig({ ...config, ...filled(step.config_patch ?? {}, server.baseUrl), base_url: server.baseUrl }),
      ...(step.command === 'read' ? { catalog: sourceValue(catalogOf(given, step)) } : {}),
      state: state && sourceValue(state),
      clock,
      packsRecords,
    },
    // What is said is kept as it is now: records and states may be changed afterwards by who gave them.
    (message) => messages.push(message.type === 'LOG' ? message : (readExact(jsonText(message)) as Message)),
  )
  return { messages, exitCode, script, waits: clock.waits }
}

function catalogOf(given: (name: string) => unknown, step: ScenarioStep) {
  const catalog = given(step.catalog ?? 'configured_catalog.json') as {
    readonly streams: readonly { readonly stream: { readonly name: string } }[]
  }
  if (!step.streams) return catalog
  return { ...catalog, streams: catalog.streams.filter(({ stream }) => step.streams?.includes(stream.name)) }
}

/** As a platform would give them to the next run. */
function lastStates(messages: readonly Message[]) {
  const last = new Map<string, unknown>()
  for (const message of messages)
    if (message.type === 'STATE') {
      const { type, stream } = message.state
      last.set(stream.stream_descriptor.name, { type, stream })
    }
  return [...last.values()]
}

/** Without what differs from run to run. */
function independent(step: GoldenStep, baseUrl: string): GoldenStep {
  const text = writeExact(step)
    .replaceAll(baseUrl, '{{base_url}}')
    .replaceAll(baseUrl.replace('http://', ''), '{{host}}')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '{{uuid}}')
  return readExact(text) as GoldenStep
}
