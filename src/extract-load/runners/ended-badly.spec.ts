import { describe, expect, it } from 'vitest'
import { endedBadly, notStarted } from './ended-badly.js'
import type { BadEnd } from './program.js'

const program = { file: 'source-x', args: [] }
const inImage = (engine: string) => ({
  file: engine,
  args: [],
  container: { engine, image: 'airbyte/source-x:1', name: 'millrace-1' },
})
const end = (exitCode: number, text = '', more: Partial<BadEnd> = {}): BadEnd => ({
  exitCode,
  signalCode: null,
  hasSpoken: false,
  lastLines: text.split('\n'),
  ...more,
})

describe('an engine that could not start a container', () => {
  // As Docker 26.1 and Podman 5.4 wrote it.
  it.each([
    [
      'docker',
      125,
      "Unable to find image\ndocker: Error response from daemon: pull access denied for airbyte/source-x, repository does not exist or may require 'docker login'\nSee 'docker run --help'.",
      'MISSING',
      /not on this machine, and could not be fetched[\s\S]*pull access denied/,
      /docker pull airbyte\/source-x:1/,
    ],
    [
      'podman',
      125,
      'Error: short-name "airbyte/source-x:1" did not resolve to an alias and no unqualified-search registries are defined in "/etc/containers/registries.conf"',
      'MISSING',
      /could not be fetched/,
      /image: docker\.io\/airbyte\/source-x:1/,
    ],
    [
      'docker',
      125,
      'Unable to find image\ndocker: Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host.',
      'FAILED',
      /could not be fetched[\s\S]*no such host/,
      /docker load/,
    ],
    [
      'docker',
      125,
      "docker: Cannot connect to the Docker daemon at unix:///run/docker.sock. Is the docker daemon running?.\nSee 'docker run --help'.",
      'FAILED',
      /does not answer/,
      /docker info/,
    ],
    [
      'docker',
      125,
      'docker: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix: connect: permission denied.',
      'MISSING',
      /may not use `docker`/,
      /group `docker`/,
    ],
    [
      'docker',
      127,
      '[FATAL tini (8)] exec spec failed: No such file or directory',
      'MISSING',
      /no program/,
      /ENTRYPOINT/,
    ],
    [
      'docker',
      127,
      'docker: Error response from daemon: exec: "docker-init": executable file not found in $PATH.',
      'MISSING',
      /lacks the program/,
      /`tini`/,
    ],
    [
      'podman',
      125,
      'Error: lookup init binary: exec: "catatonit": executable file not found in $PATH',
      'MISSING',
      /lacks the program/,
      /`catatonit`/,
    ],
    [
      'docker',
      125,
      'docker: Error response from daemon: Conflict. The container name is in use.',
      'FAILED',
      /A container of the image[\s\S]*Conflict/,
      /run --rm --init/,
    ],
    ['docker', 126, '[FATAL tini (7)] exec /main.py failed: Permission denied', 'MISSING', /no program/, /ENTRYPOINT/],
    [
      'podman',
      1,
      'ERROR (catatonit:6): failed to exec pid1: No such file or directory',
      'MISSING',
      /no program/,
      /ENTRYPOINT/,
    ],
  ] as const)('%s %i %s', (engine, exitCode, text, problem, message, hint) => {
    const error = endedBadly('source', inImage(engine), end(exitCode, text))
    expect(error.code).toBe(`SOURCE_PROGRAM_${problem}`)
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('--help')
    expect(error.hint).toMatch(hint)
  })
})

it('a connector of an image that ended badly is named by the image', () => {
  for (const exitCode of [1, 125, 127])
    expect(endedBadly('destination', inImage('docker'), end(exitCode, 'Traceback', { hasSpoken: true }))).toMatchObject(
      {
        code: 'DESTINATION_PROGRAM_FAILED',
        message: `The connector \`airbyte/source-x:1\` ended with exit code ${exitCode}.\nTraceback`,
      },
    )
  // Of a program of this machine these numbers are its own.
  expect(endedBadly('source', program, end(127)).message).toBe('The connector `source-x` ended with exit code 127.')
})

it('of one that was killed memory is what to look at', () => {
  const bySignal = endedBadly('source', program, end(0, '', { exitCode: null, signalCode: 'SIGKILL' }))
  const inContainer = endedBadly('source', inImage('podman'), end(137, '', { hasSpoken: true }))
  for (const error of [bySignal, inContainer]) {
    expect(error).toMatchObject({ code: 'SOURCE_PROGRAM_FAILED', retryable: true })
    expect(error.hint).toContain('memory')
  }
  expect(inContainer.message).toContain('exit code 137: it was killed')
  expect(endedBadly('source', program, end(137)).hint).not.toContain('memory')
})

it('where there is no engine, there are ways without one', () => {
  const missing = Object.assign(new Error('spawn docker ENOENT'), { code: 'ENOENT' })
  expect(notStarted('source', inImage('docker'), missing).hint).toMatch(/Docker or Podman[\s\S]*`command`/)
  expect(notStarted('source', program, missing).hint).not.toContain('Podman')
})
