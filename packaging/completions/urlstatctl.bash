# Completion of urlstatctl(1) for bash.

_urlstatctl_jobs() {
    urlstatctl "${connection[@]}" --timeout=2 -q -o tsv --no-legend jobs 2>/dev/null |
        cut -f 1,2 | tr '\t' '\n' | grep -v '^$'
}

_urlstatctl() {
    local current previous word verb='' i
    local -a connection=()
    local -r verbs='submit top words why compare status jobs show urls wait watch pause resume cancel retry priority remove report export import hosts explain workers backup metrics reload log-level ping count text merge'
    local -r common='-o --output= --no-legend --bom --color= -q --quiet --socket= --user --timeout= -h --help --version'
    local -A options=(
        [submit]='-n --name= -p --priority= -l --label= -w --wait -f --follow --per=page -k --top= --max-failed= --again= --max-age= --deadline= --key= --keep --expire= --strict'
        [top]='-k --top= --per= --by= --url= --host= --unique --min-length= --no-numbers --match= --vs= --max-pages= --stop-words= --all --with-url'
        [why]='-k --top='
        [compare]='--pages= --min-tokens= -k --top= --by= --min-length= --no-numbers --match= --stop-words='
        [jobs]='--name= --state= --owner= --since= --all'
        [urls]='--state= --outcome= --host= --url= --max-tokens='
        [wait]='--max-failed='
        [retry]='--outcome='
        [priority]='-p --priority='
        [remove]='--before= --name='
        [pause]='--host='
        [resume]='--host='
        [hosts]='--host='
        [export]='--no-times'
        [import]='--name= --keep --expire='
        [count]='--type= --charset= -k --top='
        [text]='--type= --charset='
        [merge]='--to= --any-settings --same='
    )
    options[words]=${options[top]}

    COMPREPLY=()
    current=${COMP_WORDS[COMP_CWORD]}
    previous=${COMP_WORDS[COMP_CWORD - 1]}
    # The shell cuts --option=value in three words.
    if [[ $current == = ]]; then
        current=''
    elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
        --user) connection+=(--user) ;;
        --socket)
            [[ ${COMP_WORDS[i + 1]} == = ]] && connection+=("--socket=${COMP_WORDS[i + 2]}")
            ;;
        -*) ;;
        *)
            if [[ -z $verb && " $verbs " == *" $word "* && ${COMP_WORDS[i - 1]} != = ]]; then
                verb=$word
            fi
            ;;
        esac
    done

    case $previous in
    -o | --output) mapfile -t COMPREPLY < <(compgen -W 'table json jsonl csv tsv' -- "$current") ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current") ;;
    --per) mapfile -t COMPREPLY < <(compgen -W 'page host label job' -- "$current") ;;
    --by)
        if [[ $verb == compare ]]; then
            mapfile -t COMPREPLY < <(compgen -W 'log-likelihood log-ratio' -- "$current")
        else
            mapfile -t COMPREPLY < <(compgen -W 'tokens pages hosts' -- "$current")
        fi
        ;;
    --pages) mapfile -t COMPREPLY < <(compgen -W 'both all' -- "$current") ;;
    --stop-words)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -W 'cs da de en es fi fr it ja nb nl pl pt ru sv' -- "$current" && compgen -f -- "$current")
        ;;
    --vs)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -W "$(_urlstatctl_jobs)" -- "$current" && compgen -f -- "$current")
        ;;
    --same) mapfile -t COMPREPLY < <(compgen -W 'refuse latest' -- "$current") ;;
    --type) mapfile -t COMPREPLY < <(compgen -W 'auto html text' -- "$current") ;;
    --owner) mapfile -t COMPREPLY < <(compgen -u -- "$current") ;;
    --socket | --to) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --state)
        if [[ $verb == jobs ]]; then
            mapfile -t COMPREPLY < <(compgen -W 'queued running paused done cancelled' -- "$current")
        else
            mapfile -t COMPREPLY < <(compgen -W 'queued active counted skipped failed cancelled' -- "$current")
        fi
        ;;
    --outcome)
        mapfile -t COMPREPLY < <(compgen -W 'counted not-modified fresh robots-disallowed blocked-address
            denied-host unsupported-type http-error dns-failed connect-failed tls-failed timeout too-large truncated
            bad-response redirect-limit bad-redirect robots-unreachable host-failed expired internal-error
            cancelled' -- "$current")
        ;;
    *)
        if [[ $current == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$common ${options[$verb]-}" -- "$current")
            [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
            return
        fi
        case $verb in
        '') mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$current") ;;
        log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info notice warning err' -- "$current") ;;
        submit | count | text | import | merge)
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            ;;
        report | export) # its JOB, then a file
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -W "$(_urlstatctl_jobs)" -- "$current" && compgen -f -- "$current")
            ;;
        top | words | compare | show | urls | wait | watch | pause | resume | cancel | retry | priority | remove | hosts | explain)
            mapfile -t COMPREPLY < <(compgen -W "$(_urlstatctl_jobs)" -- "$current")
            ;;
        esac
        ;;
    esac
}

complete -F _urlstatctl urlstatctl
