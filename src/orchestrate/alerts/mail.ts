import { type Alert, alertHead } from './alert.js'
import { type Delivery, type MailSettings, patienceMs } from './delivery.js'

/** Sends each alert as a mail of plain text. */
export function mailDelivery({ smtp, from, to }: MailSettings): Delivery {
  return async (alert) => {
    // Only who wants mails loads what sends them.
    const { createTransport } = await import('nodemailer')
    const transport = createTransport(smtp, {
      connectionTimeout: patienceMs,
      greetingTimeout: patienceMs,
      socketTimeout: patienceMs,
    } as never)
    try {
      await transport.sendMail({
        from,
        to: [...to],
        subject: `${alert.project}: ${alertHead(alert)}`,
        text: mailText(alert),
      })
      return undefined
    } catch (thrown) {
      // The words of a mail server may repeat what it was sent.
      const { code, responseCode } = thrown as { code?: string; responseCode?: number }
      return responseCode === undefined ? (code ?? 'it cannot be reached') : `it answered ${responseCode}`
    } finally {
      transport.close()
    }
  }
}

function mailText({ message, at, asset, check, automation, partitions, url }: Alert): string {
  const facts = Object.entries({
    Asset: asset,
    Check: check,
    Automation: automation,
    Partitions: partitions,
    At: at,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
  return [message, '', ...facts, '', url].join('\n')
}
