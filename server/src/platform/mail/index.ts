export { createSmtpMailer, type Mailer, type MailMessage, type SmtpOptions } from './smtp.ts';
