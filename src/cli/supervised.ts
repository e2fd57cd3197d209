const variable = 'MILLRACE_SUPERVISED'

/**
 * Whether this process is a child of `millrace up`. Asked once and forgotten: what this process starts inherits its environment, and is
 * no child of the supervisor.
 */
export const isSupervised = Boolean(process.env[variable])
delete process.env[variable]
