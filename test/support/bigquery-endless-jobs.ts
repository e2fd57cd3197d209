/**
 * Jobs that run until somebody cancels them, by the protocol of BigQuery's REST API: `jobs.insert` answers one that runs, `jobs.getQueryResults`
 * waits for it, and after `jobs.cancel` it is done with the reason `stopped`. Emulators are through with a job before they answer.
 */
export class CancellableJobs {
  readonly #jobs = new Map<string, { isCancelled: boolean; wake: () => void; readonly cancelled: Promise<void> }>()

  async answer({
    method,
    url,
    text,
  }: {
    readonly method: string
    readonly url: string
    readonly text: string
  }): Promise<readonly [number, unknown] | undefined> {
    if (method === 'POST' && text.includes('/* endless */')) {
      const { jobReference } = JSON.parse(text) as { jobReference: { jobId: string } }
      let wake = () => {}
      const cancelled = new Promise<void>((resolve) => {
        wake = resolve
      })
      this.#jobs.set(jobReference.jobId, { isCancelled: false, wake, cancelled })
      return [200, this.#resource(jobReference.jobId)]
    }
    const [, collection, jobId = '', action] = /\/(jobs|queries)\/(\w+)(\/cancel)?/.exec(url) ?? []
    const job = this.#jobs.get(jobId)
    if (!job) return undefined
    if (action) {
      job.isCancelled = true
      job.wake()
      return [200, { job: this.#resource(jobId) }]
    }
    if (collection === 'jobs') return [200, this.#resource(jobId)]
    await Promise.race([job.cancelled, new Promise((resolve) => setTimeout(resolve, 1_000).unref())])
    return job.isCancelled
      ? [400, { error: { code: 400, message: stopped.message, errors: [stopped] } }]
      : [200, { jobComplete: false, jobReference: { jobId } }]
  }

  #resource(jobId: string): unknown {
    const isDone = this.#jobs.get(jobId)?.isCancelled
    return {
      jobReference: { projectId: 'p', jobId, location: 'US' },
      configuration: { query: {} },
      status: isDone ? { state: 'DONE', errorResult: stopped, errors: [stopped] } : { state: 'RUNNING' },
      statistics: {},
    }
  }
}

const stopped = { reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation' }
