import { z } from 'zod'

/** Where in the config the tokens are kept that each refresh gives. */
export const refreshTokenUpdaterSchema = z.looseObject({
  refresh_token_name: z.string().nullish(),
  access_token_config_path: z.array(z.string()).min(1).nullish(),
  refresh_token_config_path: z.array(z.string()).min(1).nullish(),
  token_expiry_date_config_path: z.array(z.string()).min(1).nullish(),
  refresh_token_error_status_codes: z.array(z.int()).nullish(),
  refresh_token_error_key: z.string().nullish(),
  refresh_token_error_values: z.array(z.string()).nullish(),
})

export const configPaths = (updater: z.output<typeof refreshTokenUpdaterSchema>) => ({
  accessToken: updater.access_token_config_path ?? ['credentials', 'access_token'],
  refreshToken: updater.refresh_token_config_path ?? ['credentials', 'refresh_token'],
  expiryDate: updater.token_expiry_date_config_path ?? ['credentials', 'token_expiry_date'],
})
