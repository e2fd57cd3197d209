/** Inside a child: calls back when the supervisor is gone, however it went (its IPC channel closes). */
export function whenParentIsGone(callback: () => void): void {
  if (process.channel) {
    process.on('disconnect', callback)
    process.channel.unref()
  }
}
