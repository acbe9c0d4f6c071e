/** Amazon Cognito's public API: what a browser may ask of a user pool without any secret. */

import { config } from "./config.js";
import { Problem } from "./problem.js";
import { fetchWithRetry } from "./retry.js";

const TARGET = "AWSCognitoIdentityProviderService";

/** Cognito's errors in the shop's words: what happened and what to do. */
const WORDS = /** @type {Record<string, string>} */ ({
  UsernameExistsException: "There is an account with this e-mail address already. Sign in, or reset your password.",
  UserNotFoundException: "There is no account with this e-mail address and password.",
  NotAuthorizedException: "There is no account with this e-mail address and password.",
  UserNotConfirmedException: "This account still waits for the code we sent you.",
  CodeMismatchException: "That is not the code we sent. Please check the e-mail, or ask for a new code.",
  ExpiredCodeException: "That code is not valid any more. Please ask for a new one.",
  InvalidPasswordException:
    "Please choose another password: at least 12 characters, with capital and small letters and digits.",
  LimitExceededException: "That was tried too often. Please wait a while before you try again.",
  TooManyFailedAttemptsException: "That was tried too often. Please wait a while before you try again.",
  TooManyRequestsException: "Too many people are signing in just now. Please wait a few seconds and try again.",
  CodeDeliveryFailureException: "The e-mail could not be sent. Please check the address.",
  PasswordResetRequiredException: "This account needs a new password. Please choose “Forgotten password”.",
});

/**
 * @param {string} operation
 * @param {object} body
 * @returns {Promise<any>}
 * @throws {Problem} whose code is Cognito's name of the error
 */
async function call(operation, body) {
  const { endpoint, clientId } = (await config()).identity;
  const headers = { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `${TARGET}.${operation}` };
  const options = { method: "POST", headers, body: JSON.stringify({ ClientId: clientId, ...body }) };
  const answer = await fetchWithRetry(new URL(endpoint, location.href).href, options, false);
  const result = await answer.json().catch(() => ({}));
  if (answer.ok) return result;
  const code =
    String(result.__type ?? "")
      .split("#")
      .pop() || "unavailable";
  throw new Problem({ status: answer.status, code, detail: WORDS[code] ?? result.message });
}

/** @param {string} email */
const username = (email) => email.trim().toLowerCase();

/**
 * @typedef {{IdToken: string, AccessToken: string, RefreshToken?: string, ExpiresIn: number}} Tokens
 * @typedef {{tokens: Tokens} | {newPasswordFor: string}} SignedIn the second is the session of a first sign-in with a
 * password that an administrator chose
 */

/** @param {string} email @param {string} password */
export const signUp = (email, password) =>
  call("SignUp", {
    Username: username(email),
    Password: password,
    UserAttributes: [{ Name: "email", Value: username(email) }],
  });

/** @param {string} email @param {string} code */
export const confirmSignUp = (email, code) =>
  call("ConfirmSignUp", { Username: username(email), ConfirmationCode: code.trim() });

/** @param {string} email */
export const resendCode = (email) => call("ResendConfirmationCode", { Username: username(email) });

/** @param {string} email @param {string} password @returns {Promise<SignedIn>} */
export async function signIn(email, password) {
  const AuthParameters = { USERNAME: username(email), PASSWORD: password };
  return outcome(await call("InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters }));
}

/** @param {string} email @param {string} password @param {string} session @returns {Promise<SignedIn>} */
export async function chooseFirstPassword(email, password, session) {
  const ChallengeResponses = { USERNAME: username(email), NEW_PASSWORD: password };
  const body = { ChallengeName: "NEW_PASSWORD_REQUIRED", Session: session, ChallengeResponses };
  return outcome(await call("RespondToAuthChallenge", body));
}

/** @param {string} refreshToken @returns {Promise<Tokens>} without a RefreshToken: the old one stays good */
export async function refresh(refreshToken) {
  const AuthParameters = { REFRESH_TOKEN: refreshToken };
  const { AuthenticationResult } = await call("InitiateAuth", { AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters });
  return AuthenticationResult;
}

/** @param {string} email */
export const forgotPassword = (email) => call("ForgotPassword", { Username: username(email) });

/** @param {string} email @param {string} code @param {string} password */
export const resetPassword = (email, code, password) =>
  call("ConfirmForgotPassword", { Username: username(email), ConfirmationCode: code.trim(), Password: password });

/** Ends every session of the account. @param {string} AccessToken */
export const signOutEverywhere = (AccessToken) => call("GlobalSignOut", { AccessToken, ClientId: undefined });

/** Removes the account itself. @param {string} AccessToken */
export const deleteAccount = (AccessToken) => call("DeleteUser", { AccessToken, ClientId: undefined });

/**
 * @param {any} answer
 * @returns {SignedIn}
 */
function outcome(answer) {
  if (answer.AuthenticationResult) return { tokens: answer.AuthenticationResult };
  if (answer.ChallengeName === "NEW_PASSWORD_REQUIRED") return { newPasswordFor: answer.Session };
  throw new Problem({ code: answer.ChallengeName, detail: "This account needs a way to sign in the shop lacks." });
}
