type Waiting = Generator<Promise<unknown>, unknown, unknown>
type Compiled<R> = (a?: unknown, b?: unknown, c?: unknown, d?: unknown) => R

/**
 * A function that a generator of promises describes: each promise that it yields is waited for and comes back as a
 * value or is thrown. Answers the result itself when nothing was waited for, else a promise of it.
 */
export function waiting(begin: Compiled<Waiting>): Compiled<unknown> {
  // No compiled function has more than four parameters, and a list of them would have to be made for every call.
  return (a, b, c, d) => {
    const steps = begin(a, b, c, d)
    const first = steps.next()
    return first.done ? first.value : goOn(steps, first.value)
  }
}

async function goOn(steps: Waiting, first: Promise<unknown>): Promise<unknown> {
  let promise = first
  for (;;) {
    let step: IteratorResult<Promise<unknown>, unknown>
    try {
      step = steps.next(await promise)
    } catch (thrown) {
      // Also what the generator itself threw: it has ended then, and only throws it again.
      step = steps.throw(thrown)
    }
    if (step.done) return step.value
    promise = step.value
  }
}
