interface Session<Config> {
  readonly config: Config
  end(): Promise<void>
}

/** Uses a session of a source, and always ends it. What goes wrong is told in the source's words. */
export async function usingSession<Config, Opened extends Session<Config>, T>(
  session: Opened,
  use: (session: Opened) => Promise<T>,
  told: (error: unknown, config: Config) => unknown,
): Promise<T> {
  try {
    return await use(session)
  } catch (error) {
    throw told(error, session.config)
  } finally {
    await session.end()
  }
}
