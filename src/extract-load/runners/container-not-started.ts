import { type ProgramRole, programError } from '../program-error.js'
import type { Container } from './container.js'
import type { BadEnd } from './program.js'

/** What engines end with where they could not start a container, and where the container had no such program, or may not run it. */
const engineFailed = 125
const noProgram: readonly (number | null)[] = [126, 127]

/** What an engine says below each of its errors. */
const advice = /^(?:See|Run) '.* --help'/

/**
 * The error of a container that never came to be, by what its engine wrote; undefined where the connector itself ended. Docker and Podman have
 * no words in common, and what `--init` puts before the connector has its own.
 */
export function containerNotStarted(role: ProgramRole, container: Container, end: BadEnd) {
  const { engine, image } = container
  const said = end.lastLines.filter((line) => line.trim() !== '' && !advice.test(line))
  const words = said.length > 0 ? `:\n${said.join('\n')}` : '.'
  const all = said.join('\n')
  if (end.hasSpoken) return undefined
  if (/"docker-init"|init binary/.test(all))
    return programError(role, 'PROGRAM_MISSING', {
      message: `\`${engine}\` lacks the program that containers begin with${words}`,
      hint: 'Systems have it in a package of its own: `tini` for Docker, `catatonit` for Podman.',
    })
  if (noProgram.includes(end.exitCode) || /failed to exec pid1/.test(all))
    return programError(role, 'PROGRAM_MISSING', {
      message: `The image \`${image}\` has no program that could be started as a connector${words}`,
      hint: 'An image of a connector has an ENTRYPOINT, a program that takes the verbs of the protocol: `spec`, `check`, `discover`. Look whether it is the image that you mean.',
    })
  if (end.exitCode !== engineFailed) return undefined
  if (/permission denied .*(?:docker daemon|docker api|socket)/i.test(all))
    return programError(role, 'PROGRAM_MISSING', {
      message: `This user may not use \`${engine}\`${words}`,
      hint: 'Put the user that Millrace runs as into the group `docker`, or use Podman, which needs no such right: `container_engine: podman`.',
    })
  if (/cannot connect to|unable to connect to|daemon running/i.test(all))
    return programError(role, 'PROGRAM_FAILED', {
      message: `The container engine behind \`${engine}\` does not answer${words}`,
      hint: `Start it, and look whether \`${engine} info\` reaches it.`,
    })
  return notFetched(role, container, all, words)
}

/** What a registry that was reached says of an image that somebody wrote wrongly, or may not have. */
const isNoImage =
  /denied|unauthorized|manifest.* unknown|not found|no such image|invalid reference|must be lowercase|short-name/i

function notFetched(role: ProgramRole, { engine, image }: Container, all: string, words: string) {
  const isThere = !isNoImage.test(all) && !/unable to find image|trying to pull/i.test(all)
  return programError(role, isNoImage.test(all) ? 'PROGRAM_MISSING' : 'PROGRAM_FAILED', {
    message: isThere
      ? `A container of the image \`${image}\` could not be started${words}`
      : `The image \`${image}\` is not on this machine, and could not be fetched${words}`,
    hint: isThere
      ? `Look what \`${engine} run --rm --init ${image} spec\` says.`
      : /short-name/.test(all)
        ? `Podman wants to know the registry too: \`image: docker.io/${image}\`.`
        : `Look at its name and tag, and whether \`${engine} pull ${image}\` fetches it; a private registry asks for \`${engine} login\` first. Where no registry is reached, bring the image to this machine by \`${engine} load\`.`,
  })
}
