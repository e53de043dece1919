/** Where customers see what is due, pay it, and come back to from the provider's page, under the console's address. */
export function moneyPageUrl(publicUrl: string): string {
  return `${publicUrl}/my-money`;
}
