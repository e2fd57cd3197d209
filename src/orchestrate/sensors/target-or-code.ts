import { invalid, requireFunction } from '../authoring/require.js'

/** Of a sensor that is told: with a target, or with code that says what to do, or with both. */
export type TargetOrCode<Options extends { readonly target?: unknown; readonly evaluate?: unknown }> =
  | Required<Pick<Options, 'target'>>
  | Required<Pick<Options, 'evaluate'>>

/** @throws DEFINITIONS_INVALID */
export function requireTargetOrCode(
  what: string,
  { target, evaluate }: { readonly target: unknown; readonly evaluate: unknown },
): void {
  if (evaluate !== undefined) requireFunction(what, 'evaluate', evaluate)
  else if (target === undefined)
    throw invalid(
      `${what} has neither a target nor code.`,
      'Say what it starts: target: [report], or evaluate: () => ….',
    )
}
