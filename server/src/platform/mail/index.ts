export { createSmtpMailer, type Mailer, type SmtpOptions } from './smtp.ts';
