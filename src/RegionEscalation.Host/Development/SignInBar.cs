namespace RegionEscalation.Host.Development;

/// <summary>A button per development client, on top of the API page. It reads the clients from the issuer and holds no secret itself.</summary>
internal static class SignInBar
{
    public const string JavaScript = """
        "use strict";
        (async () => {
          const issuer = "/development-identity";
          const scheme = "bearer";
          const clients = await (await fetch(`${issuer}/clients.json`)).json();

          const bar = document.createElement("div");
          bar.id = "development-sign-in";
          bar.style.cssText = "display:flex;flex-wrap:wrap;gap:.5em;align-items:center;padding:.6em 1em;background:#fff3cd;font:14px sans-serif";
          const state = document.createElement("span");
          state.setAttribute("role", "status");
          state.textContent = "Development: no token yet";

          const use = async client => {
            const answer = await fetch(`${issuer}/token`, {
              method: "POST",
              body: new URLSearchParams({
                grant_type: "client_credentials",
                client_id: client.clientId,
                client_secret: client.clientSecret
              })
            });
            if (!answer.ok) {
              state.textContent = `No token: ${answer.status}`;
              return;
            }
            const token = await answer.json();
            const until = new Date(Date.now() + token.expires_in * 1000).toLocaleTimeString("sv-SE");
            // Null where the document on the page has no such scheme, or is not loaded.
            state.textContent = window.ui.preauthorizeApiKey(scheme, token.access_token)
              ? `${client.clientId} until ${until}`
              : "The document is not loaded yet; click again";
          };

          for (const client of clients) {
            const button = document.createElement("button");
            button.type = "button";
            button.textContent = `Use token of ${client.clientId}`;
            button.title = client.description;
            button.addEventListener("click", () => use(client));
            bar.append(button);
          }
          bar.append(state);
          document.body.prepend(bar);
        })();
        """;
}
