#compdef urlstatctl
# Completion of urlstatctl(1) for zsh.

_urlstatctl_jobs() {
  local -a jobs
  jobs=(${(f)"$(urlstatctl --timeout=2 -q -o tsv --no-legend jobs 2>/dev/null | cut -f 1,2 | tr '\t' '\n' | grep -v '^$')"})
  compadd -a jobs
}

_urlstatctl_verbs() {
  local -a verbs
  verbs=(
    'submit:queue lists of URLs as one job'
    'top:the most used words'
    'words:the most used words'
    'why:the pages that a word comes from'
    'compare:words that came, went, rose and fell'
    'status:the daemon at a glance'
    'jobs:list jobs'
    'show:one job with its outcomes'
    'urls:the URLs of a job and what became of them'
    'wait:return when jobs have ended'
    'watch:a live dashboard; lines where stdout is no terminal'
    'pause:start nothing new; running transfers end'
    'resume:go on with paused jobs'
    'cancel:end jobs now; what was counted stays'
    'retry:fetch URLs that failed once more'
    'priority:change what goes first from now on'
    'remove:remove jobs with all that was counted'
    'report:a job as one HTML page with plots'
    'export:the exact counts of a job as a file, to keep or to merge'
    'import:an exported or merged file as a job'
    'hosts:the hosts that URLs wait for, and why'
    'explain:why it waits, and what would become of it'
    'workers:what each worker is doing'
    'backup:write a copy of the store to stdout, while all goes on'
    'reload:have the daemon read its configuration anew'
    'log-level:how much the daemon logs from now on'
    'metrics:what it has done and is doing, as OpenMetrics text'
    'ping:ask whether the daemon answers'
    'count:count the words of local files'
    'text:print the text that is counted'
    'merge:exported files as one'
  )
  _describe -t verbs verb verbs
}

_urlstatctl() {
  local context state state_descr line
  local -a common specs
  typeset -A opt_args
  local -r outcomes='(counted not-modified fresh robots-disallowed blocked-address denied-host unsupported-type
    http-error dns-failed connect-failed tls-failed timeout too-large truncated bad-response redirect-limit
    bad-redirect robots-unreachable host-failed expired internal-error cancelled)'

  common=(
    '(-o --output)'{-o+,--output=}'[form of the data]:format:(table json jsonl csv tsv)'
    '--no-legend[data alone]'
    '--bom[begin csv and tsv with a byte order mark]'
    '--color=[colours]:when:(auto always never)'
    '(-q --quiet)'{-q,--quiet}'[no notes and no progress]'
    '(--user)--socket=[socket of the daemon]:socket:_files'
    '(--socket)--user[talk to your own daemon]'
    '--timeout=[give up on a call after so long]:time span:'
    '(-h --help)'{-h,--help}'[print help]'
    '--version[print the version]'
  )
  _arguments -C $common '1:verb:_urlstatctl_verbs' '*::argument:->arguments'
  [[ $state == arguments ]] || return

  case $words[1] in
  submit)
    specs=(
      '(-n --name)'{-n+,--name=}'[name of the job]:name:'
      '(-p --priority)'{-p+,--priority=}'[higher goes first]:priority:'
      '(-l --label)'{-l+,--label=}'[label of the URLs whose lines have none]:label:'
      '(-w --wait)'{-w,--wait}'[return when the job has ended]'
      '(-f --follow)'{-f,--follow}'[show progress, then the top words]'
      '--per=[the top words of each page]:group:(page)'
      '(-k --top)'{-k+,--top=}'[how many words]:number:'
      '--max-failed=[how many URLs may fail]:number or percentage:'
      '--again=[the list of a job anew]:job:_urlstatctl_jobs'
      '--max-age=[take pages counted so recently as they are]:time span:'
      '--deadline=[when what is left ends as expired]:time span:'
      '--key=[submit once under this key]:key:'
      '(--expire)--keep[keep the job until somebody removes it]'
      '(--keep)--expire=[remove the job so long after its end]:time span:'
      '--strict[queue nothing if any line is bad]'
      '*:source:_files'
    )
    ;;
  top | words)
    specs=(
      '(-k --top)'{-k+,--top=}'[how many words]:number:'
      '--per=[the top words of each]:group:(page host label job)'
      '--by=[rank by]:number:(tokens pages hosts)'
      '--url=[of this page alone]:URL:'
      '--host=[of this host alone]:host:'
      '--unique[count pages of equal content once]'
      '--min-length=[words of at least so many characters]:number:'
      '--no-numbers[leave out words without a letter]'
      '*--match=[words like this one]:pattern:'
      '--vs=[words used more often than in that job or list]:job or file:_files'
      '--max-pages=[words on at most this share of the pages]:percentage:'
      '*--stop-words=[leave these words out]:language or file:_files'
      '--all[of every job that you may read]'
      '--with-url[with --per=page, add the URL]'
      '*:job:_urlstatctl_jobs'
    )
    ;;
  jobs)
    specs=(
      '--name=[jobs of this name]:name:'
      '--state=[jobs in this state]:state:(queued running paused done cancelled)'
      '--owner=[jobs of this user]:user:_users'
      '--since=[submitted since]:time:'
      '--all[jobs of every user]'
    )
    ;;
  urls)
    specs=(
      '--state=[URLs in this state]:state:(queued active counted skipped failed cancelled)'
      "--outcome=[URLs that ended so]:outcome:$outcomes"
      '--host=[URLs of this host]:host:'
      '--url=[this URL]:URL:'
      '--max-tokens=[pages of at most so many words]:number:'
      '1:job:_urlstatctl_jobs'
    )
    ;;
  wait) specs=('--max-failed=[how many URLs may fail]:number or percentage:' '*:job:_urlstatctl_jobs') ;;
  retry) specs=("*--outcome=[URLs that ended so]:outcome:$outcomes" '*:job:_urlstatctl_jobs') ;;
  pause | resume) specs=('--host=[hosts of this pattern instead]:pattern:' '*:job:_urlstatctl_jobs') ;;
  hosts) specs=('--host=[hosts of this pattern]:pattern:' '1:job:_urlstatctl_jobs') ;;
  cancel) specs=('*:job:_urlstatctl_jobs') ;;
  priority) specs=('(-p --priority)'{-p+,--priority=}'[higher goes first]:priority:' '*:job:_urlstatctl_jobs') ;;
  remove)
    specs=(
      '--before=[your jobs that ended so long ago]:time span:'
      '--name=[with --before, jobs of this name]:name:'
      '*:job:_urlstatctl_jobs'
    )
    ;;
  report) specs=('1:job:_urlstatctl_jobs' '2:file:_files') ;;
  export) specs=('--no-times[leave out when, how long and how often]' '1:job:_urlstatctl_jobs' '2:file:_files') ;;
  import)
    specs=(
      '--name=[name of the job]:name:'
      '(--expire)--keep[keep the job until somebody removes it]'
      '(--keep)--expire=[remove the job so long after the import]:time span:'
      '1:file:_files'
    )
    ;;
  log-level) specs=('1:level:(debug info notice warning err)') ;;
  why) specs=('(-k --top)'{-k+,--top=}'[how many pages]:number:' '1:word:' '2:job:_urlstatctl_jobs') ;;
  compare)
    specs=(
      '--pages=[only pages counted in both, or all]:which:(both all)'
      '--min-tokens=[words counted at least so many times]:number:'
      '(-k --top)'{-k+,--top=}'[how many words]:number:'
      '--by=[rank by]:number:(log-likelihood log-ratio)'
      '--min-length=[words of at least so many characters]:number:'
      '--no-numbers[leave out words without a letter]'
      '*--match=[words like this one]:pattern:'
      '*--stop-words=[leave these words out]:language or file:_files'
      '1:job:_urlstatctl_jobs'
      '2:job:_urlstatctl_jobs'
    )
    ;;
  show | explain | watch) specs=('1:job:_urlstatctl_jobs') ;;
  count)
    specs=(
      '--type=[type of the files]:type:(auto html text)'
      '--charset=[character encoding]:label:'
      '(-k --top)'{-k+,--top=}'[how many words]:number:'
      '*:file:_files'
    )
    ;;
  text)
    specs=(
      '--type=[type of the file]:type:(auto html text)'
      '--charset=[character encoding]:label:'
      '1:file:_files'
    )
    ;;
  merge)
    specs=(
      '--to=[write there]:file:_files'
      '--any-settings[also files of different settings]'
      '--same=[a page in several files]:which:(refuse latest)'
      '*:file:_files'
    )
    ;;
  esac
  _arguments $common $specs
}

_urlstatctl "$@"
