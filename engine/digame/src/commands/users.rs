//! `digame users`
use super::{json, line, runtime};
use crate::Failure;
use crate::config::Config;
use crate::http::access;
use clap::{Args, Subcommand};
use records::{Store, User};
use std::io::{BufRead, IsTerminal};

/// Makes, lists and removes the people who use the API
#[derive(Args)]
#[command(
    after_help = "The password is asked for, or read as one line of standard input.\n\nExamples:\n  digame users add recepcion1 --name \"Recepción 1\" --profile agente\n  digame users list\n  digame users password recepcion1\n  digame users remove recepcion1"
)]
pub struct Users {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Adds a user
    Add {
        /// What is typed at login
        login: String,
        /// The person's name, as others see it
        #[arg(long)]
        name: String,
        /// A profile of the configuration
        #[arg(long)]
        profile: String,
    },
    /// Lists the users
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Gives a user another password
    Password {
        /// Login of the user
        login: String,
    },
    /// Removes a user, who is out at once
    Remove {
        /// Login of the user
        login: String,
    },
}

impl Users {
    pub fn run(self, config: Config) -> Result<(), Failure> {
        runtime()?.block_on(self.change(&config))
    }

    async fn change(self, config: &Config) -> Result<(), Failure> {
        let folder = &config.storage.folder;
        std::fs::create_dir_all(folder)
            .map_err(|e| Failure::Usage(format!("{}: {e}; set [storage] folder", folder.display())))?;
        let store = Store::open_to_read(&folder.join("digame.db")).await.map_err(Failure::usage)?;
        let users = store.users();
        let changed = match self.what {
            What::Add { login, name, profile } => {
                let user = new_user(config, login, name, profile)?;
                if !users.add(&user).await.map_err(Failure::failed)? {
                    return Err(Failure::Failed(format!("there is a user {} already", user.login)));
                }
                return Ok(());
            }
            What::List { json: true } => return json(&users.list().await.map_err(Failure::failed)?),
            What::List { json: false } => {
                for user in users.list().await.map_err(Failure::failed)? {
                    line(format!("{:20}  {:16}  {}", user.login, user.profile, user.name));
                }
                return Ok(());
            }
            What::Password { login } => {
                let hashed = access::hash(&password()?).map_err(Failure::Usage)?;
                (users.set_password(&login, &hashed).await.map_err(Failure::failed)?, login)
            }
            What::Remove { login } => (users.remove(&login).await.map_err(Failure::failed)?, login),
        };
        match changed {
            (true, _) => Ok(()),
            (false, login) => {
                Err(Failure::Failed(format!("no user {login}; `digame users list` shows which there are")))
            }
        }
    }
}

fn new_user(config: &Config, login: String, name: String, profile: String) -> Result<User, Failure> {
    if !config.profiles.0.contains_key(&profile) {
        let names: Vec<&str> = config.profiles.0.keys().map(String::as_str).collect();
        return Err(Failure::Usage(format!(
            "no profile {profile}; the configuration has {}",
            names.join(", ")
        )));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
    if login.is_empty() || !login.chars().all(plain) {
        return Err(Failure::Usage(format!("login «{login}»: write letters, digits and . _ - @ only")));
    }
    let password = access::hash(&password()?).map_err(Failure::Usage)?;
    Ok(User { login, name, profile, password, created: chrono::Utc::now() })
}

/// Asked for without showing it, or the first line of standard input.
fn password() -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("password: ").map_err(Failure::failed);
    }
    let mut text = String::new();
    std::io::stdin().lock().read_line(&mut text).map_err(Failure::failed)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
